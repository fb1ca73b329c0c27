# Installs what find_package(gradus) needs, and the oneDNN that was fetched, in a folder of our own.
include(CMakePackageConfigHelpers)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/gradus")
install(EXPORT gradus-targets NAMESPACE gradus:: DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/gradus-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
configure_package_config_file(cmake/gradus-config.cmake.in "${PROJECT_BINARY_DIR}/gradus-config.cmake"
  INSTALL_DESTINATION "${package_folder}" PATH_VARS CMAKE_INSTALL_LIBDIR)
install(FILES "${PROJECT_BINARY_DIR}/gradus-config.cmake" "${PROJECT_BINARY_DIR}/gradus-config-version.cmake"
  DESTINATION "${package_folder}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

if(ONEDNN_FETCHED_PREFIX)
  install(DIRECTORY "${ONEDNN_FETCHED_PREFIX}/lib/" DESTINATION "${CMAKE_INSTALL_LIBDIR}/gradus"
    FILES_MATCHING PATTERN "libdnnl.so.3*" PATTERN "libimf.so" PATTERN "libintlc.so.5"
                   PATTERN "cmake" EXCLUDE PATTERN "pkgconfig" EXCLUDE)
  install(DIRECTORY "${ONEDNN_FETCHED_PREFIX}/share/doc/onednn/"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}/onednn" FILES_MATCHING PATTERN "LICENSE" PATTERN "THIRD-PARTY-PROGRAMS")
endif()
