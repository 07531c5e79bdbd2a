package io.stoat.bench.rig;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * JFR recordings of a run's JVMs, in a directory: one a role, such as {@code load.jfr}. Beside it
 * async-profiler's, {@code load-async.jfr}, where its library is found.
 *
 * @param directory of the recordings.
 * @param asyncProfiler its library, or null.
 */
public record Recorder(Path directory, Path asyncProfiler) {
    /** System property with the directory, for JVMs that start further ones. */
    public static final String DIRECTORY_PROPERTY = "stoat.bench.recordings";

    private static final String LIBRARY = "libasyncProfiler.so";

    /**
     * @param directory of the recordings.
     * @return a recorder, with async-profiler where {@code ASYNC_PROFILER_HOME} or the place of
     *     {@code asprof} on the path leads to it.
     */
    public static Recorder in(final Path directory) {
        return in(directory, System.getenv());
    }

    static Recorder in(final Path directory, final Map<String, String> environment) {
        final List<Path> places = new ArrayList<>();
        final String home = environment.get("ASYNC_PROFILER_HOME");
        if (home != null) {
            places.add(Path.of(home, "lib", LIBRARY));
            places.add(Path.of(home, "build", LIBRARY));
        }
        for (final String path : environment.getOrDefault("PATH", "").split(":")) {
            if (!path.isEmpty() && Files.isExecutable(Path.of(path, "asprof"))) {
                places.add(Path.of(path).resolveSibling("lib").resolve(LIBRARY));
            }
        }
        return new Recorder(
                directory.toAbsolutePath(),
                places.stream().filter(Files::isReadable).findFirst().orElse(null));
    }

    /**
     * @param role of a JVM in the run.
     * @return its flags.
     */
    public List<String> flags(final String role) {
        final List<String> flags = new ArrayList<>(flags(directory, role));
        flags.add("-D" + DIRECTORY_PROPERTY + "=" + directory);
        if (asyncProfiler != null) {
            flags.add(
                    "-agentpath:"
                            + asyncProfiler
                            + "=start,event=cpu,alloc,jfr,file="
                            + directory.resolve(role + "-async.jfr"));
        }
        return flags;
    }

    /**
     * @param directory of the recordings.
     * @param role of a JVM in the run.
     * @return the flags of JFR alone.
     */
    public static List<String> flags(final Path directory, final String role) {
        return List.of(
                "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
                        + directory.resolve(role + ".jfr"),
                "-Xlog:jfr+startup=off",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+DebugNonSafepoints");
    }
}
