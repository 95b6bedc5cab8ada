# Components: botcore_development and botcore_runtime for embedders, botapi for the server.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(botcore_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/botcore")

install(TARGETS botcore botcore_memory botcore_system
  EXPORT botcoreTargets
  ARCHIVE COMPONENT botcore_development
  LIBRARY COMPONENT botcore_runtime NAMELINK_COMPONENT botcore_development
  RUNTIME COMPONENT botcore_runtime
  FILE_SET HEADERS COMPONENT botcore_development)
install(EXPORT botcoreTargets
  NAMESPACE botcore:: DESTINATION "${botcore_CMAKEDIR}" COMPONENT botcore_development)

configure_package_config_file(cmake/botcoreConfig.cmake.in botcoreConfig.cmake
  INSTALL_DESTINATION "${botcore_CMAKEDIR}")
write_basic_package_version_file(botcoreConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/botcoreConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/botcoreConfigVersion.cmake"
  DESTINATION "${botcore_CMAKEDIR}" COMPONENT botcore_development)

if(TARGET botapi)
  install(TARGETS botapi RUNTIME COMPONENT botapi)
endif()
