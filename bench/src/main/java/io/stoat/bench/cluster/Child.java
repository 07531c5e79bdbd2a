package io.stoat.bench.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A child process that is told lines and answers with lines. */
final class Child implements AutoCloseable {
    private static final long ANSWER_S = 90;
    private static final long END_S = 10;
    private static final int MAX_OUTPUT = 4_000;

    private final Process process;
    private final String name;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuffer output = new StringBuffer();

    private Child(final String name, final List<String> command) {
        this.name = name;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot start " + command.get(0), ex);
        }
        final Thread pump = new Thread(this::pump, "output-of-" + name);
        pump.setDaemon(true);
        pump.start();
    }

    /** A class's main in a JVM like this one. */
    static Child ofJava(final String name, final Class<?> main, final String... arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        final String options = System.getProperty("stoat.jvm.options");
        if (options != null) {
            command.add("@" + options);
        }
        command.addAll(
                List.of(
                        "-Xms128m",
                        "-Xmx512m",
                        "-Daeron.pre.touch.mapped.memory=false",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(List.of(arguments));
        return new Child(name, command);
    }

    /** A program of the host. */
    static Child ofProgram(final String name, final List<String> command) {
        return new Child(name, command);
    }

    private void pump() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null; ) {
                if (output.length() < MAX_OUTPUT) {
                    output.append(line).append('\n');
                }
                lines.add(line);
            }
        } catch (final IOException ignore) {
            // it has ended
        }
    }

    /** Tells it a line. */
    void tell(final String line) {
        try {
            final OutputStream input = process.getOutputStream();
            input.write((line + '\n').getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (final IOException ex) {
            throw new IllegalStateException(name + " has ended: " + output, ex);
        }
    }

    /** Waits for a line that begins with a word; returns its words. */
    String[] await(final String word) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_S);
        try {
            while (System.nanoTime() - deadlineNs < 0) {
                final String line = lines.poll(50, TimeUnit.MILLISECONDS);
                if (line != null && line.startsWith(word)) {
                    return line.split(" ");
                }
                if (line == null && !process.isAlive()) {
                    break;
                }
            }
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException(name + " did not say '" + word + "': " + output);
    }

    /** Processor time that it has used, ns. */
    long cpuNs() {
        return process.info().totalCpuDuration().map(java.time.Duration::toNanos).orElse(0L);
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (final IOException ignore) {
            // it has ended
        }
        try {
            if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (final InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a program that does not look at its input. */
    void kill() {
        process.destroyForcibly();
        close();
    }
}
