# Compiles files into a target.
#
#   embed_files(TARGET target NAMESPACE botapi::http HEADER pages.hpp FILES a.html b.css)
#
# The header declares, in the namespace, `extern const std::span<const embedded_file> embedded_files`,
# sorted by name; a file's name is its path relative to the calling CMakeLists.txt.
function(embed_files)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;NAMESPACE;HEADER" "FILES")
  list(SORT arg_FILES)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/embedded")
  cmake_path(GET arg_HEADER STEM stem)
  set(header "${folder}/${arg_HEADER}")
  set(source "${folder}/${stem}.cpp")
  set(inputs ${arg_FILES})
  list(TRANSFORM inputs PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")

  add_custom_command(
    OUTPUT "${header}" "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DROOT=${CMAKE_CURRENT_SOURCE_DIR}" "-DFILES=${arg_FILES}"
      "-DNAMESPACE=${arg_NAMESPACE}" "-DHEADER=${header}" "-DSOURCE=${source}"
      -P "${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake"
    DEPENDS ${inputs} "${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake"
    VERBATIM)
  target_sources(${arg_TARGET} PRIVATE "${header}" "${source}")
  # Generated data, which clang-tidy need not check.
  set_source_files_properties("${source}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_include_directories(${arg_TARGET} PRIVATE "${folder}")
endfunction()
