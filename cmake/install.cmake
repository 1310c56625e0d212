# cmake --install: program, headers, data, template and the packages by which a plugin finds them. Everything is found from the
# place of the program, so the tree can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS kedja RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY core/include/kedja DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY maps scripts DESTINATION ${CMAKE_INSTALL_DATADIR}/kedja)
install(DIRECTORY plugins/template DESTINATION ${CMAKE_INSTALL_DATADIR}/kedja/plugins)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN "*.sh" EXCLUDE)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kedja)
file(RELATIVE_PATH KEDJA_PACKAGE_TO_PREFIX /${package_dir} /)
file(RELATIVE_PATH KEDJA_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_package_config_file(cmake/kedjaConfig.cmake.in ${PROJECT_BINARY_DIR}/kedjaConfig.cmake INSTALL_DESTINATION ${package_dir}
                              NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kedjaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_file(cmake/kedja.pc.in ${PROJECT_BINARY_DIR}/kedja.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kedjaConfig.cmake ${PROJECT_BINARY_DIR}/kedjaConfigVersion.cmake DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/kedja.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Manual pages come from the program's own help, so that there is one text.
find_program(HELP2MAN help2man)
if(HELP2MAN)
  install(CODE "execute_process(COMMAND ${PROJECT_SOURCE_DIR}/cmake/make_man.sh $<TARGET_FILE:kedja> ${PROJECT_BINARY_DIR}/man COMMAND_ERROR_IS_FATAL ANY)")
  install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
else()
  message(STATUS "help2man is missing: no manual pages will be installed")
endif()
