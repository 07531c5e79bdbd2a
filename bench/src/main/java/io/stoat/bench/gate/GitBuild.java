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
import org.agrona.IoUtil;

/**
 * A build of another commit of this checkout, in a work tree of its own that is removed at close.
 */
public final class GitBuild implements AutoCloseable {
    private static final long BUILD_TIMEOUT_MINUTES = 20;
    private static final int STATUS_LENGTH = 3;
    private static final int MOST_OUTPUT = 2_000;
    private static final List<String> BUILD = List.of("mvn", "-q", "-DskipTests", "package");

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
     *     build, or when it has no rig; or git or Maven when it cannot be run.
     */
    public static GitBuild of(final Path home, final String reference) {
        return of(home, reference, BUILD);
    }

    /**
     * @param buildCommand is run in the work tree.
     */
    static GitBuild of(final Path home, final String reference, final List<String> buildCommand) {
        final String commit = commit(home, reference);
        final Path tree;
        try {
            tree = Files.createTempDirectory("stoat-gate-").resolve("tree");
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        checkOut(home, tree, commit);
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
            require(run(tree, buildCommand), reference + " does not build");
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
        return require(
                        git(home, "rev-parse", "--verify", "--short=12", reference + "^{commit}"),
                        reference
                                + " is neither a file nor a branch, tag or commit of the repository in "
                                + home.toAbsolutePath().normalize())
                .strip();
    }

    /**
     * Tells what this work tree has that no commit has: a gate then judges the commit with these
     * changes, not the commit.
     *
     * @param home of this checkout.
     * @return files under version control that were changed.
     */
    public static List<String> changes(final Path home) {
        return require(
                        git(
                                home,
                                "--no-optional-locks",
                                "status",
                                "--porcelain",
                                "--untracked-files=no"),
                        "git status")
                .lines()
                .map(line -> line.substring(STATUS_LENGTH))
                .toList();
    }

    private static void checkOut(final Path home, final Path tree, final String commit) {
        try {
            require(
                    git(home, "worktree", "add", "--detach", tree.toString(), commit),
                    "cannot check " + commit + " out into " + tree);
        } catch (final RuntimeException ex) {
            IoUtil.delete(tree.getParent().toFile(), true);
            throw ex;
        }
    }

    /** What a command left behind. */
    private record Ended(boolean well, String output) {}

    private static String require(final Ended command, final String what) {
        if (!command.well) {
            final int start = Math.max(0, command.output.length() - MOST_OUTPUT);
            throw new IllegalArgumentException(
                    what + ": " + command.output.substring(start).strip());
        }
        return command.output;
    }

    private static Ended git(final Path directory, final String... arguments) {
        final List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        return run(directory, command);
    }

    private static Ended run(final Path directory, final List<String> command) {
        try {
            final Path log = Files.createTempFile("stoat-gate-", ".log");
            try {
                final Process process = start(directory, command, log);
                process.getOutputStream().close();
                final boolean ended = process.waitFor(BUILD_TIMEOUT_MINUTES, TimeUnit.MINUTES);
                if (!ended) {
                    process.destroyForcibly();
                }
                final String output = Files.readString(log, StandardCharsets.UTF_8);
                return ended
                        ? new Ended(process.exitValue() == 0, output)
                        : new Ended(
                                false,
                                output + "\nno end in " + BUILD_TIMEOUT_MINUTES + " minutes");
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

    private static Process start(final Path directory, final List<String> command, final Path log) {
        try {
            return new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (final IOException ex) {
            throw new IllegalArgumentException(
                    "cannot run "
                            + command.get(0)
                            + ", which a comparison with a commit needs: install it, or compare with a result file",
                    ex);
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
        require(
                git(home, "worktree", "remove", "--force", tree.toString()),
                "cannot remove the work tree " + tree);
        try {
            Files.deleteIfExists(tree.getParent());
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
