/*
 * The least that a cold credential costs: libcurl opened at run time, one HTTP request, an exit.
 * fetch URL: posts an empty form and expects any answer.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>

#include <curl/curl.h>

static size_t ignore(char *data, size_t size, size_t count, void *to)
{
    (void)data;
    (void)to;
    return size * count;
}

int main(int argc, char **argv)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW);
    CURLcode (*global_init)(long);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_perform)(CURL *);
    void (*easy_cleanup)(CURL *);
    CURL *handle;
    int failed;

    if (library == NULL || argc != 2)
        return 2;
    *(void **)&global_init = dlsym(library, "curl_global_init");
    *(void **)&easy_init = dlsym(library, "curl_easy_init");
    *(void **)&easy_setopt = dlsym(library, "curl_easy_setopt");
    *(void **)&easy_perform = dlsym(library, "curl_easy_perform");
    *(void **)&easy_cleanup = dlsym(library, "curl_easy_cleanup");
    global_init(CURL_GLOBAL_DEFAULT);
    handle = easy_init();
    easy_setopt(handle, CURLOPT_URL, argv[1]);
    easy_setopt(handle, CURLOPT_POSTFIELDS, "{}");
    easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore);
    easy_setopt(handle, CURLOPT_NOPROXY, "*");
    failed = easy_perform(handle) != CURLE_OK;
    easy_cleanup(handle);
    return failed;
}
