package io.stoat.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.GateRuns;
import io.stoat.bench.target.StoatNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another commit, checked out and built beside this one; a repository of two commits stands in. */
class GitBuildTest {
    private static final List<String> COPY =
            ThrowAwayRepository.shell(
                    "mkdir -p ops/target/classes && cp version ops/target/classes");

    @TempDir private Path dir;
    private ThrowAwayRepository repository;

    @BeforeEach
    void makeRepository() throws IOException {
        repository =
                new ThrowAwayRepository(dir.resolve("home"))
                        .commit("first")
                        .git("tag", "v1")
                        .commit("second");
    }

    private GitBuild build(final String reference) {
        return GitBuild.of(repository.home(), reference, COPY);
    }

    private String problem(final String reference, final List<String> buildCommand)
            throws IOException {
        final String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> GitBuild.of(repository.home(), reference, buildCommand))
                        .getMessage();
        assertEquals(1, repository.workTrees(), "a work tree is left");
        return message;
    }

    @Test
    void shouldBuildACommitInAWorkTreeOfItsOwnAndRemoveIt() throws IOException {
        final Path classes;
        try (GitBuild first = build("v1")) {
            classes = Path.of(first.build().classPath().split(":")[0]);
            assertEquals("first", Files.readString(classes.resolve("version")));
            final String commit = repository.output("rev-parse", "--short=12", "v1").strip();
            assertEquals("v1@" + commit, first.build().name());
            assertEquals("second", Files.readString(repository.home().resolve("version")));
            assertEquals(2, repository.workTrees());
        }
        assertEquals(1, repository.workTrees());
        // the tree, and what it was made in
        assertFalse(Files.exists(classes.getParent().getParent().getParent().getParent()));
    }

    @Test
    void shouldKnowWhichTargetsTheOtherBuildHas() throws IOException {
        final List<RunSpec> runs =
                GateRuns.of(null, List.of("stoat-embedded", "stoat-ipc"), 100, "off", 0);
        try (GitBuild bare = build("HEAD")) {
            assertTrue(bare.has(runs.get(0)), "it needs no node");
            assertFalse(bare.has(runs.get(1)), "its node is missing");
        }
        final String node = StoatNode.class.getName().replace('.', '/');
        repository.write("bench/src/main/java/" + node + ".java", "").commit("third");
        try (GitBuild whole = build("HEAD")) {
            assertTrue(whole.has(runs.get(1)));
        }
    }

    @Test
    void shouldSayThatThereIsNoSuchReference() throws IOException {
        final String message = problem("v7", COPY);
        assertTrue(
                message.startsWith(
                        "v7 is neither a file nor a branch, tag or commit of the repository in "
                                + repository.home()),
                message);
        final Path bare = Files.createDirectory(dir.resolve("bare"));
        final String outside =
                assertThrows(IllegalArgumentException.class, () -> GitBuild.of(bare, "HEAD", COPY))
                        .getMessage();
        assertTrue(outside.contains("not a git repository"), outside);
    }

    @Test
    void shouldSayWhyACommitDoesNotBuild() throws IOException {
        final String message =
                problem("v1", ThrowAwayRepository.shell("echo no semicolon >&2; exit 3"));
        assertEquals("v1 does not build: no semicolon", message);
        final String noMaven = problem("v1", List.of("no-such-maven"));
        assertTrue(noMaven.startsWith("cannot run no-such-maven"), noMaven);
    }

    @Test
    void shouldRefuseACommitWithoutARig() throws IOException {
        repository.git("rm", "-r", "--quiet", "bench").commitWithoutRig("before the rig");
        final String message = problem("HEAD", COPY);
        assertTrue(message.startsWith("HEAD has no load rig"), message);
    }

    @Test
    void shouldTellWhatIsNotCommitted() throws IOException {
        assertEquals(List.of(), GitBuild.changes(repository.home()));
        repository.write("version", "third").write("result.json", "not under version control");
        assertEquals(List.of("version"), GitBuild.changes(repository.home()));
        try (GitBuild head = build("HEAD")) {
            final Path classes = Path.of(head.build().classPath().split(":")[0]);
            assertEquals("second", Files.readString(classes.resolve("version")));
        }
    }

    @Test
    void shouldNameTheCommitThatAReferenceStoodFor() {
        assertEquals("main@0123456789ab", GitBuild.name("main", "0123456789ab"));
        assertEquals("0123456789ab", GitBuild.name("0123456789ab", "0123456789ab"));
        assertEquals("0123456789ab", GitBuild.name("0123456789abcdef", "0123456789ab"));
    }
}
