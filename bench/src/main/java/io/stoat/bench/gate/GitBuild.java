package io.stoat.bench.gate;

import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.NodeLauncher;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A build of another commit of this checkout, in a work tree of its own that is removed at close.
 */
public final class GitBuild implements AutoCloseable {
    private static final long BUILD_TIMEOUT_MINUTES = 20;

    private final Path home;
    private final Path tree;
    private final Build build;

    /** An interrupted gate leaves no work tree behind. */
    private final Thread lastWish = new Thread(this::remove, "stoat-gate-clean-up");

    private GitBuild(final Path home, final Path tree, final Build build) {
        this.home = home;
        this.tree = tree;
        this.build = build;
        Runtime.getRuntime().addShutdownHook(lastWish);
    }

    /**
     * Checks a commit out and builds it.
     *
     * @param home of this checkout.
     * @param reference branch, tag or commit.
     * @return the build.
     * @throws IllegalArgumentException naming the reference when there is none, when it does not
     *     build, or when it has no rig.
     */
    public static GitBuild of(final Path home, final String reference) {
        final String commit = commit(home, reference);
        final Path tree;
        try {
            tree = Files.createTempDirectory("stoat-gate-").resolve("tree");
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        run(home, "git", "worktree", "add", "--detach", tree.toString(), commit);
        final String classPath =
                tree.resolve("ops/target/classes") + ":" + tree.resolve("ops/target/lib") + "/*";
        final GitBuild build =
                new GitBuild(
                        home,
                        tree,
                        new Build(
                                name(reference, commit),
                                classPath,
                                tree.resolve("ops/jvm.options")));
        try {
            run(tree, "mvn", "-q", "-DskipTests", "package");
            if (!Files.exists(
                    tree.resolve("bench/src/main/java/io/stoat/bench/rig/LoadProcess.java"))) {
                throw new IllegalArgumentException(
                        reference + " has no load rig: compare with a commit that has one");
            }
            return build;
        } catch (final RuntimeException ex) {
            build.close();
            throw ex;
        }
    }

    /** What a reference meant when it was built, for results: it may move on. */
    static String name(final String reference, final String commit) {
        return reference.startsWith(commit) ? commit : reference + "@" + commit;
    }

    /** The commit that a reference stands for, 12 digits of it. */
    static String commit(final Path home, final String reference) {
        return run(home, "git", "rev-parse", "--verify", "--short=12", reference + "^{commit}")
                .strip();
    }

    private static String run(final Path directory, final String... command) {
        final List<String> words = new ArrayList<>(List.of(command));
        try {
            final Path log = Files.createTempFile("stoat-gate-", ".log");
            try {
                final Process process =
                        new ProcessBuilder(words)
                                .directory(directory.toFile())
                                .redirectErrorStream(true)
                                .redirectOutput(log.toFile())
                                .start();
                process.getOutputStream().close();
                final boolean ended = process.waitFor(BUILD_TIMEOUT_MINUTES, TimeUnit.MINUTES);
                if (!ended) {
                    process.destroyForcibly();
                }
                final String output = Files.readString(log, StandardCharsets.UTF_8);
                if (!ended || process.exitValue() != 0) {
                    final int start = Math.max(0, output.length() - 2_000);
                    throw new IllegalArgumentException(
                            String.join(" ", words)
                                    + " failed: "
                                    + output.substring(start).strip());
                }
                return output;
            } finally {
                Files.delete(log);
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", ex);
        }
    }

    /**
     * @return the build.
     */
    public Build build() {
        return build;
    }

    /**
     * @param run of this build.
     * @return whether the other build has the target's node, and so the target.
     */
    public boolean has(final RunSpec run) {
        final NodeLauncher launcher = Targets.named(run.target()).nodeLauncher();
        if (launcher == null) {
            return true;
        }
        final RunContext context =
                new RunContext(run.workload(), run.clients(), tree, "", run.options(), false);
        final List<String> command = launcher.command(context, "0", run.plan());
        return !command.get(0).equals(NodeLauncher.JAVA)
                || Files.exists(
                        tree.resolve(
                                "bench/src/main/java/"
                                        + command.get(1).replace('.', '/')
                                        + ".java"));
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(lastWish);
        } catch (final IllegalStateException ending) {
            return;
        }
        remove();
    }

    private void remove() {
        run(home, "git", "worktree", "remove", "--force", tree.toString());
        try {
            Files.deleteIfExists(tree.getParent());
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
