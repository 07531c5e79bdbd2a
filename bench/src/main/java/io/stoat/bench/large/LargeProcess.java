package io.stoat.bench.large;

import io.stoat.bench.BenchFailure;
import io.stoat.bench.contender.ScratchDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child JVM with this one's flags that is talked to by lines, and killed when it takes too long.
 */
final class LargeProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final String name;
    private final CompletableFuture<Void> limit;

    private LargeProcess(final Process process, final String name, final long limitMs) {
        this.process = process;
        this.name = name;
        output = process.inputReader(StandardCharsets.UTF_8);
        limit =
                CompletableFuture.runAsync(
                        process::destroyForcibly,
                        CompletableFuture.delayedExecutor(limitMs, TimeUnit.MILLISECONDS));
    }

    /**
     * Starts a child.
     *
     * @param scratch its files' place, deleted by the parent.
     * @param limitMs after which it is killed.
     */
    static LargeProcess start(
            final Class<?> main,
            final Path scratch,
            final long limitMs,
            final Object... arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-D" + ScratchDirectory.ROOT_PROPERTY + "=" + scratch);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        for (final Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            return new LargeProcess(
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start(),
                    main.getSimpleName(),
                    limitMs);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** What follows the word on the line that begins with it. */
    String await(final String word) {
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(word + " ")) {
                    return line.substring(word.length() + 1);
                }
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        throw new BenchFailure(
                name + " ended, or was ended after its time, without saying '" + word + "'");
    }

    /** A duration that the child printed in ns, in seconds. */
    double awaitSeconds(final String word) {
        return Long.parseLong(await(word).split(" ")[0]) / 1e9;
    }

    void send(final String line) {
        try {
            process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** SIGKILL; returns when it has ended. */
    void kill() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (final InterruptedException ex) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        limit.cancel(false);
        kill();
    }
}
