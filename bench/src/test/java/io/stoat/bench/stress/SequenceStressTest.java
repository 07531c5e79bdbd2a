package io.stoat.bench.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs jcstress tests for a bounded time: one of each property, compiled by the JVM as it sees fit.
 * With the profile {@code stress} all of them, in every way that jcstress knows, for much longer.
 */
class SequenceStressTest {
    private static final String MODE = System.getProperty("stoat.stress", "short");
    private static final List<String> SHORT =
            List.of("CopyDuringOverwrite", "TwoWrites", "SnapshotDuringBatch", "ShardMapSwap");
    private static final Pattern RESULTS =
            Pattern.compile(
                    "Results: (\\d+) planned; \\1 passed, 0 failed, 0 soft errs, 0 hard errs");

    @Test
    @Timeout(value = 10, unit = TimeUnit.HOURS)
    void shouldShowReadersNoStateThatMayNotBe(@TempDir final Path dir) throws Exception {
        final boolean hasTwoCpus = Runtime.getRuntime().availableProcessors() > 1;
        if (!hasTwoCpus) {
            System.out.println("SequenceStressTest: one CPU, writer and reader cannot meet");
        }
        Assumptions.assumeTrue(hasTwoCpus, "one CPU");
        final Path log = dir.resolve("jcstress.log");
        final Process process =
                new ProcessBuilder(command())
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            final boolean ended = process.waitFor(isShort() ? 4 : 9 * 60, TimeUnit.MINUTES);
            final String output = Files.readString(log);
            assertTrue(ended, "jcstress did not end:\n" + output);
            if (!isShort()) {
                System.out.println(output);
            }
            assertEquals(0, process.exitValue(), output);
            final Matcher results = RESULTS.matcher(output);
            assertTrue(results.find(), output);
            assertTrue(Integer.parseInt(results.group(1)) >= SHORT.size(), output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    private static boolean isShort() {
        return MODE.equals("short");
    }

    private static List<String> command() {
        final String options = System.getProperty("stoat.jvm.options");
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.openjdk.jcstress.Main",
                        "-t",
                        "io\\.stoat\\.bench\\.stress\\..*"
                                + (isShort() ? "\\.(" + String.join("|", SHORT) + ")$" : ""),
                        // CPUs are the host's to give: it may be a container
                        "-af",
                        "NONE"));
        if (isShort()) {
            command.addAll(
                    List.of(
                            "-f",
                            "1",
                            "-fsm",
                            "0",
                            "-iters",
                            "3",
                            "-time",
                            "150",
                            "-c",
                            "2",
                            "-hs",
                            "64",
                            "-pth",
                            "false",
                            "-sc",
                            "false",
                            "-jvmArgs",
                            "@" + options));
        } else {
            command.addAll(List.of("-m", MODE, "-jvmArgsPrepend", "@" + options));
        }
        return command;
    }
}
