package io.stoat.ops;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code stoat} command in a JVM of its own. */
final class StoatProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;
    private final StringBuilder output = new StringBuilder();

    private StoatProcess(final Process process) {
        this.process = process;
        lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static StoatProcess start(final Object... words) throws IOException {
        return launch(List.of(), List.of(), words);
    }

    /** Starts a command behind other words, such as those that run it in another network. */
    static StoatProcess startBehind(final List<String> prefix, final Object... words)
            throws IOException {
        return launch(prefix, List.of(), words);
    }

    /** As {@link #start(Object...)}, with further options of the JVM. */
    static StoatProcess start(final List<String> jvmOptions, final Object... words)
            throws IOException {
        return launch(List.of(), jvmOptions, words);
    }

    private static StoatProcess launch(
            final List<String> prefix, final List<String> jvmOptions, final Object... words)
            throws IOException {
        final List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        final String options = System.getProperty("stoat.jvm.options");
        command.add("@" + options);
        command.add("-Dstoat.jvm.options=" + options);
        command.addAll(jvmOptions);
        command.addAll(
                List.of(
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.stoat.ops.StoatMain"));
        for (final Object word : words) {
            command.add(word.toString());
        }
        return new StoatProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /**
     * Starts a node and waits until it serves. Unless the words say otherwise its threads are not
     * pinned: it would spin on a core that a small host needs for the test.
     */
    static StoatProcess node(final Object... words) throws IOException {
        final List<Object> all = new ArrayList<>(List.of("node"));
        all.addAll(List.of(words));
        if (!all.contains("--threads") && !all.contains("--config")) {
            all.addAll(List.of("--threads", "off"));
        }
        final StoatProcess node = start(all.toArray());
        node.awaitLine("  watch");
        return node;
    }

    /** Reads output until a line starts with the words; fails when the process ends first. */
    String awaitLine(final String words) throws IOException {
        for (String line; (line = lines.readLine()) != null; ) {
            output.append(line).append('\n');
            if (line.startsWith(words)) {
                return line;
            }
        }
        throw new AssertionError("no line '" + words + "' in:\n" + output);
    }

    /** Reads the rest of the output and waits for the end. */
    int await() throws IOException, InterruptedException {
        for (String line; (line = lines.readLine()) != null; ) {
            output.append(line).append('\n');
        }
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the command did not end:\n" + output);
        }
        return process.exitValue();
    }

    String output() {
        return output.toString();
    }

    long pid() {
        return process.pid();
    }

    void terminate() {
        process.toHandle().destroy();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws Exception {
        if (process.isAlive()) {
            process.toHandle().destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                kill();
            }
        }
    }
}
