#ifndef CLEAT_BASE_MACROS_H
#define CLEAT_BASE_MACROS_H

#define CL_MUST_USE __attribute__((warn_unused_result))
#define CL_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

/*
 * The variable's cleanup function runs when its scope is left, whichever way. It may be there for
 * that alone (a spinner, a lock), which clang would call unused.
 */
#define CL_AUTO(type) __attribute__((cleanup(type##_cleanup), unused))

/* The value of a pointer variable, which is NULL afterwards: hands ownership on. */
#define CL_MOVE(p)                     \
    __extension__({                    \
        __typeof__(p) cl_moved_ = (p); \
        (p) = NULL;                    \
        cl_moved_;                     \
    })

/* The same for a struct variable with a cleanup function: `*to` has what it owned. */
#define CL_MOVE_TO(to, from)            \
    do {                                \
        *(to) = (from);                 \
        (from) = (__typeof__(from)){0}; \
    } while (0)

#define CL_TRY(step)                  \
    do {                              \
        enum cl_code cl_rc_ = (step); \
        if (cl_rc_ != CL_OK)          \
            return cl_rc_;            \
    } while (0)

/* Spells out that a result is not needed; say why in a comment. */
#define CL_IGNORE(call)        \
    do {                       \
        if ((call) != CL_OK) { \
        }                      \
    } while (0)

#define CL_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
