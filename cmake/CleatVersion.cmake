# cmake -Dversion=0.1.0 -Dsource=FOLDER -Dinput=version.c.in -Doutput=version.c -P CleatVersion.cmake
# Writes what --version says: the commit that is checked out now, and the day. What has not changed is
# not written again, so that nothing is built anew. SOURCE_DATE_EPOCH makes the day reproducible.
execute_process(COMMAND git rev-parse --short HEAD WORKING_DIRECTORY "${source}" OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR NOT commit)
  set(commit unknown)
endif()
string(TIMESTAMP build_date "%Y-%m-%d" UTC)
configure_file("${input}" "${output}" @ONLY)
