# Language level, warnings, hardening, sanitizers: the same for every target.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(CLEAT_WERROR "Treat warnings as errors" OFF)
option(CLEAT_COVERAGE "Instrument for coverage" OFF)
set(CLEAT_SANITIZE "" CACHE STRING "Comma-separated sanitizers")

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(EXPAT REQUIRED expat) # headers only, as of libcurl: opened at first use
pkg_check_modules(YAML REQUIRED yaml-0.1) # headers only: opened at first use
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
# Pure tables and functions: from the archive they cost no start the loading of another library.
find_library(UTF8PROC_ARCHIVE NAMES libutf8proc.a HINTS ${UTF8PROC_LIBRARY_DIRS})
add_library(cleat_utf8proc INTERFACE)
if(UTF8PROC_ARCHIVE)
  target_include_directories(cleat_utf8proc INTERFACE ${UTF8PROC_INCLUDE_DIRS})
  target_compile_definitions(cleat_utf8proc INTERFACE UTF8PROC_STATIC)
  target_link_libraries(cleat_utf8proc INTERFACE "${UTF8PROC_ARCHIVE}")
else()
  target_link_libraries(cleat_utf8proc INTERFACE PkgConfig::UTF8PROC)
endif()
pkg_check_modules(CURL REQUIRED libcurl) # headers only: opened at first use
pkg_check_modules(LIBSSH REQUIRED libssh) # likewise

add_compile_definitions(_GNU_SOURCE)
add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Wswitch-enum -Wnull-dereference
  $<$<BOOL:${CLEAT_WERROR}>:-Werror>)

if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  # clang 14 warns about the ##__VA_ARGS__-free GNU statement expressions of CL_MOVE otherwise.
  add_compile_options(-Wno-gnu-statement-expression)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection
                      -ffunction-sections -fdata-sections)
  add_compile_definitions(_FORTIFY_SOURCE=2)
  if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-ftrivial-auto-var-init=pattern)
  else()
    add_compile_options(-ftrivial-auto-var-init=zero)
  endif()
  # -s: names and addresses of functions are of no use to users, and the size budget counts them.
  add_link_options(-pie -s -Wl,-z,relro,-z,now -Wl,--gc-sections -Wl,--as-needed)
endif()

if(CLEAT_SANITIZE)
  add_compile_options(-fsanitize=${CLEAT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CLEAT_SANITIZE})
  # gcc's null-dereference analysis sees the sanitizer's own checks as paths.
  add_compile_options(-Wno-null-dereference)
endif()

if(CLEAT_FUZZ)
  # Everything reports where it has been; only the targets get libFuzzer's main.
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

if(CLEAT_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
