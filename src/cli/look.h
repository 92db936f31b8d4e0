#ifndef CLEAT_CLI_LOOK_H
#define CLEAT_CLI_LOOK_H

#include <stdbool.h>
#include <stddef.h>

enum cl_wrap {
    CL_WRAP_FOLD,  /* columns shrink evenly, words are cut where they must be */
    CL_WRAP_SMART, /* ids stay whole, columns are left out when the terminal is too narrow */
};

/* How text is drawn on one stream. Zero-initialised: unlimited width, boxes, no colour. */
struct cl_look {
    size_t width; /* columns; 0: unlimited */
    enum cl_wrap wrap;
    bool ascii;      /* + - | for boxes, no emoji */
    bool colour;     /* SGR sequences */
    bool hyperlinks; /* OSC 8 sequences; without them a link shows its address */
    bool no_headers;
};

#endif
