package io.stoat.bench.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A child process of a run, its output, and its end. */
final class ChildProcess implements AutoCloseable {
    private static final int MAX_OUTPUT = 8_000;
    private static final long END_TIMEOUT_S = 15;

    private final Process process;
    private final long endTimeoutMs;
    private final Thread pump;
    private final Thread lastWish = new Thread(this::end, "end-child");
    private final StringBuffer output = new StringBuffer();

    /**
     * @param command line to start.
     * @param endTimeoutMs how long it may take to end after its input has, ms.
     * @param lines told each line of output, on a thread of its own.
     */
    ChildProcess(
            final List<String> command, final long endTimeoutMs, final Consumer<String> lines) {
        this.endTimeoutMs = endTimeoutMs;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (final IOException ex) {
            throw new IllegalStateException(
                    "cannot start " + command.get(0) + ": " + ex.getMessage(), ex);
        }
        pump = new Thread(() -> pump(lines), "output-of-" + process.pid());
        pump.setDaemon(true);
        pump.start();
        try {
            Runtime.getRuntime().addShutdownHook(lastWish);
        } catch (final IllegalStateException ex) {
            process.destroyForcibly();
            throw ex;
        }
    }

    private void pump(final Consumer<String> lines) {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null; ) {
                if (!line.startsWith(LoadProcess.PROGRESS) && output.length() < MAX_OUTPUT) {
                    output.append(line).append('\n');
                }
                lines.accept(line);
            }
        } catch (final IOException ignore) {
            // the process is gone; its exit code tells
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it printed, for a message. */
    String output() {
        return output.toString().strip();
    }

    /** Everything that it printed, after it has ended. */
    String finalOutput() throws InterruptedException {
        pump.join(TimeUnit.SECONDS.toMillis(5));
        return output();
    }

    boolean awaitEnd(final long timeoutMs) throws InterruptedException {
        return process.waitFor(timeoutMs, TimeUnit.MILLISECONDS);
    }

    int exitValue() {
        return process.exitValue();
    }

    long pid() {
        return process.pid();
    }

    /** Ends it: by the end of its input, then SIGTERM, then SIGKILL. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(lastWish);
        } catch (final IllegalStateException ignore) {
            // this process is ending, and the hook runs
        }
    }

    private void end() {
        try {
            process.getOutputStream().close();
        } catch (final IOException ignore) {
            // it does not read
        }
        try {
            if (!process.waitFor(endTimeoutMs, TimeUnit.MILLISECONDS)) {
                process.destroy();
                if (!process.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor(END_TIMEOUT_S, TimeUnit.SECONDS);
                }
            }
            pump.join(TimeUnit.SECONDS.toMillis(2));
        } catch (final InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
