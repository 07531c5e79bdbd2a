package io.stoat.bench.gate;

import io.stoat.bench.rig.LoadProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** A small git repository that looks like a checkout, and what builds it in place of Maven. */
public final class ThrowAwayRepository {
    private static final String RIG =
            "bench/src/main/java/" + LoadProcess.class.getName().replace('.', '/') + ".java";

    private final Path home;

    /**
     * @param home directory to make it in.
     * @throws IOException when that fails.
     */
    public ThrowAwayRepository(final Path home) throws IOException {
        this.home = Files.createDirectories(home);
        git("init", "--quiet");
    }

    /** The directory of the checkout. */
    public Path home() {
        return home;
    }

    /** Commits a version that has the rig. */
    public ThrowAwayRepository commit(final String version) throws IOException {
        write(RIG, "");
        return commitWithoutRig(version);
    }

    ThrowAwayRepository commitWithoutRig(final String version) throws IOException {
        write("version", version);
        git("add", "--all");
        return git("commit", "--quiet", "--message", version);
    }

    /** Writes the flags with which the JVMs of this test run, for the next commit. */
    public ThrowAwayRepository withFlagsOfThisJvm() throws IOException {
        final String flags = System.getProperty("stoat.jvm.options");
        return withFlags(Files.readString(Path.of(flags)));
    }

    /** Writes flags for JVMs. */
    public ThrowAwayRepository withFlags(final String flags) throws IOException {
        return write("ops/jvm.options", flags);
    }

    ThrowAwayRepository write(final String file, final String content) throws IOException {
        final Path path = home.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
        return this;
    }

    /** Runs git, and returns this. */
    ThrowAwayRepository git(final String... arguments) throws IOException {
        output(arguments);
        return this;
    }

    /** What git says. */
    String output(final String... arguments) throws IOException {
        final List<String> command =
                new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@b"));
        command.addAll(List.of(arguments));
        final Process process =
                new ProcessBuilder(command)
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + " failed: " + output);
            }
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", ex);
        }
        return output;
    }

    /** Work trees that git knows: one is this checkout. */
    public long workTrees() throws IOException {
        return output("worktree", "list").lines().count();
    }

    /**
     * Builds a commit by putting the classes of this JVM in the place of those that Maven would
     * make.
     */
    public static GitBuild buildOfThisJvm(final Path checkout, final String reference) {
        try {
            return build(checkout, reference);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static GitBuild build(final Path checkout, final String reference) throws IOException {
        final Path jar = Files.createTempFile("this-jvm-", ".jar");
        try {
            final Manifest manifest = new Manifest();
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            manifest.getMainAttributes()
                    .put(
                            Attributes.Name.CLASS_PATH,
                            Arrays.stream(System.getProperty("java.class.path").split(":"))
                                    .map(entry -> Path.of(entry).toUri().toString())
                                    .collect(Collectors.joining(" ")));
            new JarOutputStream(Files.newOutputStream(jar), manifest).close();
            return GitBuild.of(
                    checkout,
                    reference,
                    shell("mkdir -p ops/target/lib && cp " + jar + " ops/target/lib/all.jar"));
        } finally {
            Files.delete(jar);
        }
    }

    static List<String> shell(final String script) {
        return List.of("sh", "-c", script);
    }
}
