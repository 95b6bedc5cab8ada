# Installs the libraries to a scratch prefix, then builds and runs an embedder's project with them.
file(REMOVE_RECURSE "${WORK_DIR}")

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(component IN ITEMS botcore_runtime botcore_development)
  run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${WORK_DIR}/prefix"
    --component ${component})
endforeach()
run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${CONSUMER_DIR}" -B "${WORK_DIR}/build"
  "-DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix"
  "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_CXX_FLAGS=${FLAGS}")
run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")

function(expect program)
  execute_process(COMMAND "${WORK_DIR}/build/${program}"
    OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
  message("${printed}")
  foreach(text IN LISTS ARGN)
    string(FIND "${printed}" "${text}" position)
    if(position EQUAL -1)
      message(FATAL_ERROR "The example should have printed: ${text}")
    endif()
  endforeach()
endfunction()

expect(consumer "Oi! Como posso te ajudar?" "Quero saber meu saldo.")
expect(watch "1  Oi!\n2  Como posso te ajudar?\n3  Estou aqui.")
expect(signature "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
