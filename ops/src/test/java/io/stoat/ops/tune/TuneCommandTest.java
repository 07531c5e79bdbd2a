package io.stoat.ops.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.affinity.Level;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command with real processes; how it chooses is tested with {@link Tournament}. */
@Timeout(180)
class TuneCommandTest {
    private static final Path SHM = Path.of("/dev/shm");

    @TempDir Path dir;

    private Process start(final Object... more) throws IOException {
        final String options = System.getProperty("stoat.jvm.options");
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "@" + options,
                                "-Dstoat.jvm.options=" + options,
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.stoat.ops.StoatMain",
                                "tune",
                                // other tests of this host may have pinned threads
                                "--force"));
        for (final Object word : more) {
            command.add(word.toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** Temporary directories of tune, and media drivers' directories of its nodes and clients. */
    private static Set<String> leftovers() throws IOException {
        final Set<String> names = new TreeSet<>();
        final Path parent =
                Files.isDirectory(SHM) ? SHM : Path.of(System.getProperty("java.io.tmpdir"));
        try (Stream<Path> files = Files.list(parent)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("stoat-tune-"))
                    .forEach(names::add);
        }
        return names;
    }

    @Test
    void shouldPrintAPlanThatANodeTakesAndLeaveNothing() throws Exception {
        final Set<String> before = leftovers();
        final Path json = dir.resolve("tune.json");
        final Process tune = start("--seconds", 2, "--json", json);
        final String output =
                new String(tune.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(tune.waitFor(60, TimeUnit.SECONDS), output);
        assertEquals(0, tune.exitValue(), output);

        final Map<String, Object> figures = JSON.std.mapFrom(Files.readString(json));
        final String line = figures.get("configuration").toString();
        assertTrue(output.lines().anyMatch(line::equals), output);
        assertEquals("threads=" + figures.get("sweetSpot"), line);
        assertTrue(output.contains(" pairs of runs, so that chance may have decided"), output);
        final ThreadPlan plan = ThreadPlan.parse(line.substring("threads=".length()));
        assertTrue(
                plan.validate(Topology.read()).stream()
                        .noneMatch(problem -> problem.level() == Level.FAIL),
                plan.toString());
        final Map<?, ?> automatic = (Map<?, ?>) ((List<?>) figures.get("plans")).get(0);
        final Map<?, ?> median = (Map<?, ?>) automatic.get("median");
        for (final Object figure : median.values()) {
            assertTrue(((Number) figure).doubleValue() > 0, median.toString());
        }
        assertEquals(before, leftovers());
        assertEquals(0, tune.descendants().count());
    }

    @Test
    void shouldCleanUpWhenItIsInterrupted() throws Exception {
        final Set<String> before = leftovers();
        final Process tune = start("--seconds", 60);
        final List<ProcessHandle> children;
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(tune.getInputStream(), StandardCharsets.UTF_8))) {
            final StringBuilder output = new StringBuilder();
            String line;
            do {
                line = lines.readLine();
                output.append(line).append('\n');
                assertTrue(line != null, output.toString());
            } while (!line.startsWith("round 1"));
            children = tune.descendants().toList();
            assertTrue(children.size() >= 2, children.toString());
            tune.toHandle().destroy();
            assertTrue(tune.waitFor(60, TimeUnit.SECONDS));
        }
        for (final ProcessHandle child : children) {
            child.onExit().get(60, TimeUnit.SECONDS);
        }
        assertEquals(before, leftovers());
    }
}
