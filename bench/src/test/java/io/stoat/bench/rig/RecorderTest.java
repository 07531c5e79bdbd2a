package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.profile.Recording;
import io.stoat.bench.profile.RecordingText;
import io.stoat.bench.workload.Workload;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JFR always, async-profiler where it is. */
class RecorderTest {
    @TempDir private Path dir;

    private Path library(final String place) throws Exception {
        final Path library = dir.resolve(place).resolve("libasyncProfiler.so");
        Files.createDirectories(library.getParent());
        return Files.writeString(library, "");
    }

    private Recorder with(final String name, final Path value) {
        return Recorder.in(dir, Map.of(name, value.toString()));
    }

    @Test
    void shouldFindAsyncProfilerInItsHome() throws Exception {
        final Path library = library("home/lib");
        assertEquals(library, with("ASYNC_PROFILER_HOME", dir.resolve("home")).asyncProfiler());
        final Path old = library("old/build");
        assertEquals(old, with("ASYNC_PROFILER_HOME", dir.resolve("old")).asyncProfiler());
    }

    @Test
    void shouldFindAsyncProfilerBesideItsCommandOnThePath() throws Exception {
        final Path library = library("install/lib");
        final Path command = dir.resolve("install/bin/asprof");
        Files.createDirectories(command.getParent());
        Files.writeString(command, "");
        assertNull(with("PATH", command.getParent()).asyncProfiler(), "it is no program");
        assertTrue(command.toFile().setExecutable(true));
        final Recorder recorder = with("PATH", command.getParent());
        assertEquals(library, recorder.asyncProfiler());
        assertTrue(
                recorder.flags("load").stream()
                        .anyMatch(flag -> flag.startsWith("-agentpath:" + library + "=start,")));
    }

    @Test
    void shouldRecordWithJfrAloneWhereThereIsNoAsyncProfiler() {
        final Recorder recorder = Recorder.in(dir, Map.of());
        assertNull(recorder.asyncProfiler());
        final List<String> flags = recorder.flags("load");
        assertFalse(flags.toString().contains("agentpath"), flags.toString());
        assertTrue(flags.toString().contains("load.jfr"), flags.toString());
    }

    @Test
    void shouldMakeRecordingsOfAsyncProfilerThatSayWhereTimeGoes() throws Exception {
        final Recorder recorder = Recorder.in(dir);
        if (recorder.asyncProfiler() == null) {
            System.out.println(
                    "RecorderTest: no async-profiler in ASYNC_PROFILER_HOME or on the path, not recorded with it");
        }
        Assumptions.assumeTrue(recorder.asyncProfiler() != null, "no async-profiler");
        final RunSpec spec =
                new RunSpec(
                        "test",
                        "none",
                        Workload.ycsb('c').withKeys(100),
                        1,
                        List.of(Phase.closed(500)),
                        0,
                        50,
                        "",
                        "off",
                        Map.of());
        assertNull(
                new Fork(spec, Build.current(), 0, text -> {})
                        .recorder(recorder)
                        .run(dir.resolve("run.json"))
                        .failure());
        final StringWriter text = new StringWriter();
        RecordingText.print(
                "load",
                Recording.read(dir.resolve("load-async.jfr"), moment -> true),
                1,
                new PrintWriter(text));
        assertTrue(text.toString().contains("io.stoat.bench.rig.LoadLoop"), text.toString());
    }
}
