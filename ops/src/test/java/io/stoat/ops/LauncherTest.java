package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher {@code stoat} in a copy of the sources' shape, with a java and a mvn that only say
 * so.
 */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
    /** What the launcher and the fakes need of the system. */
    private static final List<String> TOOLS =
            List.of(
                    "bash",
                    "sh",
                    "cat",
                    "dirname",
                    "find",
                    "flock",
                    "ln",
                    "mkdir",
                    "mktemp",
                    "mv",
                    "readlink",
                    "rm",
                    "sed",
                    "tail");

    @TempDir Path dir;

    private Path root;
    private Path jdk;
    private Path tools;
    private Path builds;
    private String output;

    @BeforeEach
    void makeTheCopy() throws IOException {
        root = Files.createDirectory(dir.resolve("copy"));
        final Path launcher = Path.of(System.getProperty("stoat.jvm.options"), "../../stoat");
        Files.copy(launcher.normalize(), root.resolve("stoat"));
        assertTrue(root.resolve("stoat").toFile().setExecutable(true));
        for (final String directory :
                List.of("ops/src/main", "store/src/main", "store/src/build", "store/src/test")) {
            Files.createDirectories(root.resolve(directory));
        }
        for (final String file :
                List.of(
                        "pom.xml",
                        "ops/pom.xml",
                        "store/pom.xml",
                        "ops/jvm.options",
                        "ops/src/main/A.java",
                        "store/src/main/B.java",
                        "store/src/build/C.java",
                        "store/src/test/D.java")) {
            write(root.resolve(file), "");
        }
        builds = dir.resolve("builds");
        tools = Files.createDirectory(dir.resolve("tools"));
        for (final String tool : TOOLS) {
            script(tools.resolve(tool), "exec '" + onPath(tool) + "' \"$@\"");
        }
        script(tools.resolve("mvn"), "echo build >>'" + builds + "'");
        jdk = dir.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        script(jdk.resolve("bin/javac"), "");
        java("17");
        write(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.2\"\n");
    }

    private static Path onPath(final String tool) {
        for (final String directory : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(directory, tool))) {
                return Path.of(directory, tool);
            }
        }
        throw new AssertionError("no " + tool + " on the path");
    }

    private static void script(final Path file, final String text) throws IOException {
        write(file, "#!/bin/sh\n" + text + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    private static void write(final Path file, final String text) throws IOException {
        Files.writeString(file, text);
    }

    /** A java that tells a version when it is asked, and else its words. */
    private void java(final String version) throws IOException {
        script(
                jdk.resolve("bin/java"),
                "if [ \"$1\" = -XshowSettings:properties ]; then\n"
                        + "  echo '    java.specification.version = "
                        + version
                        + "' >&2\n"
                        + "else\n"
                        + "  echo \"java runs: $*\"\n"
                        + "fi");
    }

    private int stoat(final String... words) throws Exception {
        return stoat(Map.of("JAVA_HOME", jdk.toString()), words);
    }

    private int stoat(final Map<String, String> environment, final String... words)
            throws Exception {
        final ProcessBuilder builder = new ProcessBuilder(root.resolve("stoat").toString());
        builder.command().addAll(List.of(words));
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().putAll(environment);
        final Process process = builder.redirectErrorStream(true).start();
        output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor();
    }

    private void assertRuns(final int buildsSoFar) throws Exception {
        assertEquals(0, stoat("get", "K"), output);
        assertTrue(output.contains("io.stoat.ops.StoatMain get K"), output);
        assertEquals(buildsSoFar, Files.readAllLines(builds).size(), output);
    }

    private void assertRefused(final int exitCode, final String words) {
        assertEquals(1, exitCode, output);
        assertTrue(output.startsWith("stoat: ") && output.contains(words), output);
        assertFalse(output.contains("java runs"), output);
    }

    /** Makes a file, or its directory, newer than the build, whatever the clock's grain. */
    private void touch(final String file) throws IOException {
        final FileTime built = Files.getLastModifiedTime(root.resolve("ops/target/stoat.built"));
        Files.setLastModifiedTime(
                root.resolve(file), FileTime.fromMillis(built.toMillis() + 2_000));
    }

    /** What changed is older than the next build. */
    private void age(final String file) throws IOException {
        Files.setLastModifiedTime(root.resolve(file), FileTime.fromMillis(0));
    }

    @Test
    void shouldBuildOnceAndAgainWhenSourcesAreNewer() throws Exception {
        assertRuns(1);
        assertRuns(1);
        int expected = 1;
        for (final String file :
                List.of(
                        "pom.xml",
                        "store/pom.xml",
                        "ops/jvm.options",
                        "ops/src/main/A.java",
                        "store/src/build/C.java")) {
            touch(file);
            assertRuns(++expected);
            age(file);
            assertRuns(expected);
        }
        touch("store/src/test/D.java");
        assertRuns(expected);
    }

    @Test
    void shouldTellOfABuildThatFailedAndTryAgain() throws Exception {
        script(tools.resolve("mvn"), "echo cannot compile; exit 1");
        assertRefused(stoat("get", "K"), "the build failed");
        assertTrue(output.contains("cannot compile"), output);
        script(tools.resolve("mvn"), "echo build >>'" + builds + "'");
        assertRuns(1);
    }

    @Test
    void shouldNameAMissingJava() throws Exception {
        assertRefused(stoat(Map.of(), "get", "K"), "no java found: install a JDK of version 17");
        final String none = dir.resolve("none").toString();
        assertRefused(stoat(Map.of("JAVA_HOME", none), "get", "K"), "JAVA_HOME=" + none);
    }

    @Test
    void shouldNameAMissingMaven() throws Exception {
        Files.delete(tools.resolve("mvn"));
        assertRefused(stoat("get", "K"), "no mvn found: install Apache Maven");
    }

    @Test
    void shouldNameAMissingCompiler() throws Exception {
        Files.delete(jdk.resolve("bin/javac"));
        assertRefused(stoat("get", "K"), "belongs to a JRE");
    }

    @Test
    void shouldRefuseAnOlderJavaBeforeAndAfterTheBuild() throws Exception {
        write(jdk.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        assertRefused(stoat("get", "K"), "java is version 11 ");
        write(jdk.resolve("release"), "JAVA_VERSION=\"17\"\n");
        assertRuns(1);
        for (final String version : List.of("11.0.22", "1.8.0_392", "16")) {
            write(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
            assertRefused(stoat("get", "K"), "needs a JDK of version 17 or later");
        }
        for (final String version : List.of("17.0.1", "21", "25-ea")) {
            write(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
            assertRuns(1);
        }
    }

    @Test
    void shouldAskAJavaWithoutAReleaseFileBeforeTheBuild() throws Exception {
        Files.delete(jdk.resolve("release"));
        java("11");
        assertRefused(stoat("get", "K"), "java is version 11 ");
        java("17");
        assertRuns(1);
    }
}
