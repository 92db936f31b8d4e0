# cleat_folder(NAME LIBS ...): the folder's *.c as the static library NAME, and each *_test.c as a
# test of its own that may also use what TEST_LIBS names.
function(cleat_folder name)
  cmake_parse_arguments(ARG "" "" "LIBS;TEST_LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.c")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.c$")
  list(FILTER tests INCLUDE REGEX "_test\\.c$")
  if(NOT sources)
    add_library(${name} INTERFACE)
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}/src" "${CMAKE_BINARY_DIR}/generated")
  target_link_libraries(${name} PUBLIC ${ARG_LIBS})
  if(CLEAT_TESTS)
    foreach(source IN LISTS tests)
      cleat_unit_test(${name} "${source}" ${ARG_TEST_LIBS})
    endforeach()
  endif()
endfunction()

function(cleat_unit_test library source)
  get_filename_component(unit "${source}" NAME_WE)
  set(target "${library}_${unit}")
  add_executable(${target} "${source}")
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}/tests/support")
  target_compile_definitions(${target} PRIVATE CLEAT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${library} ${ARGN} cleat_test_support)
  add_test(NAME ${target} COMMAND ${target})
  set_tests_properties(${target} PROPERTIES LABELS unit)
endfunction()

# cleat_connector(TYPE SOURCES ...): declares a connector type's folder. The generated list of
# types is made from these calls; nothing else is edited for a new type.
function(cleat_connector type)
  cmake_parse_arguments(ARG "" "" "LIBS;TEST_LIBS" ${ARGN})
  cleat_folder(cleat_connector_${type} LIBS cleat_core cleat_interop cleat_net cleat_crypto ${ARG_LIBS}
               TEST_LIBS ${ARG_TEST_LIBS})
  set_property(GLOBAL APPEND PROPERTY CLEAT_CONNECTOR_TYPES ${type})
endfunction()

# Writes the C file that defines what core/registry.h declares.
function(cleat_generate_type_list target)
  get_property(types GLOBAL PROPERTY CLEAT_CONNECTOR_TYPES)
  list(SORT types)
  set(declarations "")
  set(rows "")
  foreach(type IN LISTS types)
    string(APPEND declarations "extern const struct cl_connector_type cl_type_${type};\n")
    string(APPEND rows "    &cl_type_${type},\n")
    list(APPEND libraries cleat_connector_${type})
  endforeach()
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/generated/connector_types.c" CONTENT
"/* Generated from the folders under src/connectors. */
#include \"core/registry.h\"

@declarations@
const struct cl_connector_type *const cl_connector_types[] = {
@rows@};
const size_t cl_connector_type_count = sizeof(cl_connector_types) / sizeof(cl_connector_types[0]);
" @ONLY)
  add_library(${target} STATIC "${CMAKE_BINARY_DIR}/generated/connector_types.c")
  target_link_libraries(${target} PUBLIC ${libraries} cleat_core)
  # Only core refers to the list, and core comes after it on the command line.
  target_link_options(${target} INTERFACE "LINKER:--undefined=cl_connector_types")
endfunction()
