package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.NodeCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts a member of a cluster as a child process of this one, signals and ends it. */
final class MemberProcess {
    private MemberProcess() {}

    /**
     * Starts {@code stoat node} with this JVM's class path and options; it ends with this JVM.
     *
     * @param config the cluster's file.
     * @param member number.
     * @param prefix words before its command line.
     * @param options further options of its JVM.
     * @param log to which what it prints is appended.
     */
    static Process start(
            final Path config,
            final int member,
            final List<String> prefix,
            final List<String> options,
            final Path log) {
        final List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        final String optionsFile = System.getProperty("stoat.jvm.options");
        if (optionsFile != null) {
            command.add("@" + optionsFile);
        }
        command.addAll(options);
        command.addAll(
                List.of(
                        "-Xms64m",
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=" + System.getProperty("stoat.cluster.tier", "4"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.stoat.ops.StoatMain",
                        "node",
                        "--cluster",
                        config.toString(),
                        "--member",
                        Integer.toString(member),
                        NodeCommand.END_WITH_INPUT));
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot start member " + member + ": " + ex.getMessage());
        }
    }

    /** SIGKILL, and waits until it has ended. */
    static void end(final Process process) {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * @param name of the signal, without SIG.
     * @param pid of the process.
     */
    static void signal(final String name, final long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot send SIG" + name + ": " + ex.getMessage());
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
