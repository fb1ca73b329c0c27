# What all targets of this project share: language, warnings, sanitizers, where they are put.

function(_gradus_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    LINKER_LANGUAGE CXX
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -fno-math-errno  # nothing reads errno after std::sqrt, and loops with it become vectors
    -fno-trapping-math  # nor the processor's flags: loops that choose between floats become vectors
    # GCC 12 sees an overlap that is none in sums of short texts
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
  if(GRADUS_WERROR AND NOT GRADUS_SANITIZE)  # GCC's sanitizers bring warnings that are none
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(GRADUS_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${GRADUS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${GRADUS_SANITIZE})
  endif()
endfunction()

# A static library that is installed with its headers, and exported as gradus::<export_name>.
function(gradus_library_settings target export_name)
  _gradus_settings(${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${export_name}
    POSITION_INDEPENDENT_CODE ON)
  install(TARGETS ${target} EXPORT gradus-targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/gradus")
endfunction()

# A program: when installed, it finds the oneDNN that was installed with it.
function(gradus_program_settings target)
  _gradus_settings(${target})
  set_target_properties(${target} PROPERTIES
    INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/gradus")
endfunction()
