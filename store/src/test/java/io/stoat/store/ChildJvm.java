package io.stoat.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A test's child process: a JVM with the project's flags that talks to the test by lines. */
final class ChildJvm implements AutoCloseable {
    private static final long EXIT_TIMEOUT_S = 60;
    private static final List<String> QUICK =
            List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx32m");

    private final Process process;
    private final BufferedReader output;

    private ChildJvm(final Process process) {
        this.process = process;
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts a small JVM quickly. */
    static ChildJvm quick(final Class<?> main, final Object... arguments) {
        return quickUnder(List.of(), main, arguments);
    }

    /** Starts a small JVM quickly, through another command such as setpriv. */
    static ChildJvm quickUnder(
            final List<String> prefix, final Class<?> main, final Object... arguments) {
        return start(prefix, QUICK, System.getProperty("java.class.path"), main, arguments);
    }

    /** Starts a small JVM quickly, with more flags and another class path. */
    static ChildJvm withClassPath(
            final List<String> flags,
            final String classPath,
            final Class<?> main,
            final Object... arguments) {
        final List<String> all = new ArrayList<>(QUICK);
        all.addAll(flags);
        return start(List.of(), all, classPath, main, arguments);
    }

    /** Starts a JVM for long work. */
    static ChildJvm fast(final Class<?> main, final Object... arguments) {
        return start(
                List.of(),
                List.of("-Xmx256m"),
                System.getProperty("java.class.path"),
                main,
                arguments);
    }

    private static ChildJvm start(
            final List<String> prefix,
            final List<String> flags,
            final String classPath,
            final Class<?> main,
            final Object... arguments) {
        final List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + System.getProperty("stoat.jvm.options"));
        command.addAll(flags);
        command.add("-cp");
        command.add(classPath);
        command.add(main.getName());
        for (final Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            return new ChildJvm(
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The next line of the child's standard output, or null when it has ended. */
    String readLine() {
        try {
            return output.readLine();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Reads lines until one starts with the prefix, and returns what follows it. */
    String await(final String prefix) {
        for (String line = readLine(); line != null; line = readLine()) {
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length()).trim();
            }
        }
        throw new AssertionError("child ended without the line: " + prefix);
    }

    /** Sends a line. */
    void send(final String line) {
        try {
            process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** SIGKILL, and waits for the end. */
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** SIGKILL, without waiting. */
    void killLater() {
        process.destroyForcibly();
    }

    int exitCode() {
        try {
            if (!process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("child did not end in " + EXIT_TIMEOUT_S + " s");
            }
            return process.exitValue();
        } catch (final InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", ex);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exitCode();
        try {
            output.close();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
