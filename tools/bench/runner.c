/*
 * Starts programs the same cheap way again and again and measures each.
 *
 * Standard input: blocks of lines "runs status file", "word", ..., "" (an empty line ends a
 * command). It is expected to exit with that status, and reads the file. The commands take turns, so that a busy machine slows all of them. Standard output, a line each:
 * median, least and 90th percentile of the wall time in microseconds, peak memory in KiB, failures.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { MAX_COMMANDS = 256, MAX_WORDS = 32, MAX_RUNS = 1000 };

extern char **environ;

struct command {
    int runs;
    int status; /* expected */
    char input[1024];
    int done;
    int failed;
    int words;
    long peak_kib;
    char *argv[MAX_WORDS + 1];
    posix_spawn_file_actions_t actions;
    double us[MAX_RUNS];
};

static struct command commands[MAX_COMMANDS];

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void run(struct command *command)
{
    posix_spawn_file_actions_t *actions = &command->actions;
    struct rusage usage;
    pid_t pid;
    int status;
    double begin = now_us();

    if (posix_spawn(&pid, command->argv[0], actions, NULL, command->argv, environ) != 0) {
        command->failed++;
        return;
    }
    if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) != command->status)
        command->failed++;
    command->us[command->done++] = now_us() - begin;
    if (usage.ru_maxrss > command->peak_kib)
        command->peak_kib = usage.ru_maxrss;
}

static int read_commands(void)
{
    char line[4096];
    int count = 0;

    while (count < MAX_COMMANDS && fgets(line, sizeof(line), stdin) != NULL) {
        struct command *command = &commands[count];

        if (sscanf(line, "%d %d %1023s", &command->runs, &command->status, command->input) != 3)
            return -1;
        if (command->runs < 1 || command->runs > MAX_RUNS)
            return -1;
        while (fgets(line, sizeof(line), stdin) != NULL && line[0] != '\n') {
            line[strcspn(line, "\n")] = '\0';
            if (command->words < MAX_WORDS)
                command->argv[command->words++] = strdup(line);
        }
        count++;
    }
    return count;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void prepare(struct command *command)
{
    posix_spawn_file_actions_init(&command->actions);
    posix_spawn_file_actions_addopen(&command->actions, 0, command->input, O_RDONLY, 0);
    for (int stream = 1; stream < 3; stream++)
        posix_spawn_file_actions_addopen(&command->actions, stream, "/dev/null", O_WRONLY, 0);
}

int main(void)
{
    int count = read_commands();
    int most = 0;

    if (count < 1)
        return 2;
    for (int i = 0; i < count; i++) {
        prepare(&commands[i]);
        most = commands[i].runs > most ? commands[i].runs : most;
    }
    for (int round = 0; round < most; round++) {
        for (int i = 0; i < count; i++) {
            if (round < commands[i].runs)
                run(&commands[i]);
        }
    }
    for (int i = 0; i < count; i++) {
        struct command *command = &commands[i];
        int done = command->done;

        qsort(command->us, (size_t)done, sizeof(command->us[0]), by_value);
        printf("%.1f %.1f %.1f %ld %d\n", done ? command->us[done / 2] : 0.0,
               done ? command->us[0] : 0.0, done ? command->us[done * 9 / 10] : 0.0,
               command->peak_kib, command->failed);
    }
    return 0;
}
