package io.stoat.ops.tune;

import io.stoat.ops.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@code stoat} command in a JVM of its own, whose lines are waited for. */
final class TuneProcess implements AutoCloseable {
    private static final String END = "\0end";
    private static final long END_TIMEOUT_MS = 5_000;

    private final String name;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuilder tail = new StringBuilder();

    private TuneProcess(final String name, final Process process) {
        this.name = name;
        this.process = process;
        final Thread pump = new Thread(this::pump, "tune-" + name);
        pump.setDaemon(true);
        pump.start();
    }

    /** With this JVM's class path and flags. */
    static TuneProcess start(final String name, final List<String> words) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        final String options = System.getProperty("stoat.jvm.options");
        if (options != null) {
            command.add("@" + options);
            command.add("-Dstoat.jvm.options=" + options);
        }
        command.addAll(
                List.of("-Xms64m", "-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.add("io.stoat.ops.StoatMain");
        command.addAll(words);
        try {
            return new TuneProcess(
                    name, new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot start the " + name + ": " + ex.getMessage());
        }
    }

    private void pump() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null; ) {
                lines.add(line);
            }
        } catch (final IOException ignore) {
            // the process is gone; its exit code tells
        }
        lines.add(END);
    }

    void say(final String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (final IOException ex) {
            throw CommandFailure.failed("the " + name + " died: " + tail);
        }
    }

    /**
     * The next line that starts with one of the words.
     *
     * @throws CommandFailure when the process ends first, or in time no such line comes.
     */
    String await(final long timeoutMs, final String... starts) {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (true) {
            final String line = nextLine(deadlineNs - System.nanoTime());
            if (line == null) {
                throw CommandFailure.failed(
                        "the " + name + " did not answer in " + timeoutMs + " ms: " + tail);
            }
            if (line.equals(END)) {
                lines.add(END);
                throw CommandFailure.failed("the " + name + " died: " + tail.toString().strip());
            }
            for (final String start : starts) {
                if (line.startsWith(start)) {
                    return line;
                }
            }
            tail.append(line).append('\n');
        }
    }

    private String nextLine(final long timeoutNs) {
        try {
            return lines.poll(timeoutNs, TimeUnit.NANOSECONDS);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw CommandFailure.failed("interrupted");
        }
    }

    /** Ends the process: with SIGTERM, and if it does not heed that at once. */
    @Override
    public void close() {
        process.toHandle().destroy();
        try {
            if (!process.waitFor(END_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (final InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
