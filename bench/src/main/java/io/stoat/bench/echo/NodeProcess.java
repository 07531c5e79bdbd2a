package io.stoat.bench.echo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of a measurement, in a JVM of its own, which answers each line on its standard input
 * with one line, and ends when its input does.
 */
final class NodeProcess implements AutoCloseable {
    private static final long END_TIMEOUT_S = 20;

    private final String name;
    private final Process process;
    private final BufferedReader lines;

    /**
     * @param main class to run; it says {@value EchoNode#READY} when it is ready.
     * @param args of the class.
     */
    NodeProcess(final Class<?> main, final Object... args) throws IOException {
        name = main.getSimpleName();
        final String options = System.getProperty("stoat.jvm.options");
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (options != null) {
            command.add("@" + options);
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        for (final Object arg : args) {
            command.add(arg.toString());
        }
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try {
            await(EchoNode.READY);
        } catch (final IOException | IllegalStateException ex) {
            process.destroyForcibly();
            throw ex;
        }
    }

    /** Says a line and waits for an answer that starts with the word; the rest of it. */
    String ask(final String line, final String word) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return await(word);
    }

    private String await(final String word) throws IOException {
        final StringBuilder output = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(word)) {
                return line.substring(word.length()).strip();
            }
            output.append(line).append('\n');
        }
        throw new IllegalStateException(name + " did not say " + word + ": " + output);
    }

    /** A node that waits leaves its core to the one that is measured. */
    void pause(final boolean paused) throws IOException {
        ask(paused ? EchoNode.PAUSE : EchoNode.GO_ON, EchoNode.DONE);
    }

    /** What the JVM's compilers took so far, ms. */
    long compiledMs() throws IOException {
        return Long.parseLong(ask(EchoNode.COMPILED, EchoNode.DONE));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IllegalStateException(name + " did not end in time");
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(name + " ended with " + process.exitValue());
        }
    }
}
