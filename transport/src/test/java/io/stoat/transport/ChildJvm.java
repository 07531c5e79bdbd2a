package io.stoat.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A main class of the tests in a JVM of its own; closing kills it. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    private ChildJvm(final Process process) {
        this.process = process;
        lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ChildJvm start(final Class<?> main, final Object... words) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + System.getProperty("stoat.jvm.options"));
        command.addAll(
                List.of(
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        for (final Object word : words) {
            command.add(word.toString());
        }
        return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Reads output until a line is this; fails when the process ends first. */
    void awaitLine(final String wanted) throws IOException {
        final StringBuilder output = new StringBuilder();
        for (String line; (line = lines.readLine()) != null; ) {
            if (line.equals(wanted)) {
                return;
            }
            output.append(line).append('\n');
        }
        throw new AssertionError("no line '" + wanted + "' in:\n" + output);
    }

    void say(final String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    String nextLine() throws IOException {
        return lines.readLine();
    }

    /** Says a line and returns the rest of the answer that starts with a word. */
    String ask(final String line, final String word) throws IOException {
        say(line);
        final StringBuilder output = new StringBuilder();
        for (String answer; (answer = lines.readLine()) != null; ) {
            if (answer.startsWith(word + " ")) {
                return answer.substring(word.length() + 1);
            }
            output.append(answer).append('\n');
        }
        throw new AssertionError("no answer '" + word + "' in:\n" + output);
    }

    /** SIGSTOP: it does nothing any more, and does not know it. */
    void stop() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** SIGCONT. */
    void goOn() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(final String signal) throws IOException, InterruptedException {
        final int exitCode =
                new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
        if (exitCode != 0) {
            throw new AssertionError("kill " + signal + " ended with " + exitCode);
        }
    }

    /** SIGKILL, and waits for the end. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
