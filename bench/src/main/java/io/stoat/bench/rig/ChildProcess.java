package io.stoat.bench.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
                if (!line.startsWith(LoadProcess.PROGRESS)) {
                    keep(line);
                }
                lines.accept(line);
            }
        } catch (final IOException ignore) {
            // the process is gone; its exit code tells
        }
    }

    /** Only the end is kept: what it said last tells why it does not go on. */
    private void keep(final String line) {
        output.append(line).append('\n');
        if (output.length() > 2 * MAX_OUTPUT) {
            output.delete(0, output.length() - MAX_OUTPUT);
        }
    }

    /** Writes a line to its standard input. */
    void tell(final String line) throws IOException {
        final OutputStream input = process.getOutputStream();
        input.write((line + '\n').getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it has ended and all that it printed was read. */
    boolean hasSaidAll() {
        return !process.isAlive() && !pump.isAlive();
    }

    /** Processor time that it has used, ns; 0 when the system does not tell. */
    long cpuNs() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    /** The last that it printed, for a message. */
    String output() {
        final String all = output.toString();
        return all.substring(Math.max(0, all.length() - MAX_OUTPUT)).strip();
    }

    /** The last that it printed, after it has ended. */
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
        forgetLastWish();
    }

    /** False when this process is ending, and the hook runs. */
    private boolean forgetLastWish() {
        try {
            Runtime.getRuntime().removeShutdownHook(lastWish);
            return true;
        } catch (final IllegalStateException ending) {
            return false;
        }
    }

    /**
     * Ends it by SIGKILL; but when this process is ending, too, it may end by itself and clear away
     * what nobody else would then.
     */
    void kill() {
        if (forgetLastWish()) {
            process.destroyForcibly();
        }
        end();
    }

    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (final IOException ignore) {
            // it does not read
        }
    }

    private void end() {
        endInput();
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
