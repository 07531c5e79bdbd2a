package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No option of {@code stoat node} is dropped: a member takes it, or says why it does not. */
@Timeout(180)
class MemberOptionsTest {
    @TempDir Path dir;

    private final StoatWords stoat = new StoatWords();

    private void refuses(final String words, final Object... options) {
        final List<Object> command = new ArrayList<>(List.of("node", "--threads", "off"));
        command.addAll(List.of(options));
        stoat.expect(ExitCode.USAGE, words, command.toArray());
    }

    private Path wal() {
        return dir.resolve("wal");
    }

    @Test
    void shouldRefuseOptionsThatMeanNothingToAPlainNode() {
        refuses("--member=1 means nothing here: give --cluster", "--member", 1);
        refuses("--groups=2 means nothing here: give --cluster", "--groups", 2);
        refuses("--port=7600 means nothing here", "--port", 7600);
        refuses("--dir=" + dir, "--dir", dir);
    }

    @Test
    void shouldRefuseOptionsThatMeanNothingToAMember() throws Exception {
        final Path file = Files.writeString(dir.resolve("c"), "dir=" + dir + "\n");
        final Object[] withFile = {"--cluster", file, "--member", 0};
        final Object[] alone = {"--wal", "--data-dir", wal()};
        for (final Object[] member : List.of(withFile, alone)) {
            for (final String option :
                    List.of("endpoint", "sessions", "read-agents", "write-agents")) {
                final String value = option.equals("endpoint") ? "127.0.0.1:7481" : "2";
                refuses(
                        "--" + option + "=" + value + " means nothing to a member",
                        and(member, "--" + option, value));
            }
        }
        for (final String option : List.of("shards", "entries", "value-size", "high-water")) {
            refuses(
                    "--" + option + "=7 means nothing to a member: set it in " + file,
                    and(withFile, "--" + option, 7));
        }
        refuses("--eviction=reject means", and(withFile, "--eviction", "reject"));
        refuses("--data-dir=" + wal(), and(withFile, "--data-dir", wal()));
        refuses("--port=7600 means nothing here: set it in", and(withFile, "--port", 7600));
        refuses("--member N is missing", "--cluster", file);
        refuses("give one of", and(withFile, "--wal"));
        refuses("give one of", and(alone, "--hosts", "127.0.0.1"));
        refuses("--member=0 means nothing here", and(alone, "--member", 0));
        refuses("--dir DIR is missing", "--hosts", "127.0.0.1", "--member", 0);
        refuses("--member N is missing", "--hosts", "127.0.0.1", "--dir", dir);
        assertFalse(Files.exists(wal()));
    }

    private static Object[] and(final Object[] words, final Object... more) {
        final List<Object> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray();
    }

    @Test
    void shouldKeepWhatTheFirstStartSaidAndRefuseAnythingElse() throws Exception {
        Files.createDirectories(wal());
        Files.writeString(
                wal().resolve(MemberOptions.WAL_FILE),
                "dir=" + wal() + "\nentries=1000\nvalue-size=64\nport=7600\n");
        final Object[] alone = {"--wal", "--data-dir", wal()};
        refuses("entries=2000: " + wal(), and(alone, "--entries", 2000));
        assertTrue(stoat.output().contains("says entries=1000"), stoat.output());
        refuses("value-size=65: ", and(alone, "--value-size", 65));
        refuses("says eviction=reject", and(alone, "--eviction", "oldest-write"));
        refuses("says high-water-percent=95", and(alone, "--high-water", 80));
        refuses("says port=7600", and(alone, "--port", 7700));
        refuses("says groups=1", and(alone, "--groups", 2));
    }

    @Test
    void shouldNameThePortThatAnotherProcessHasAndKeepNothing() throws Exception {
        final int port = ClusterTargetTest.freePort();
        try (DatagramSocket other =
                new DatagramSocket(port + 4, InetAddress.getByName("127.0.0.1"))) {
            stoat.expect(
                    ExitCode.FAILED,
                    "port " + other.getLocalPort() + " of 127.0.0.1",
                    "node",
                    "--wal",
                    "--data-dir",
                    wal(),
                    "--port",
                    port,
                    "--threads",
                    "off");
            assertTrue(stoat.output().contains("for other ports give --port"), stoat.output());
            assertFalse(Files.exists(wal()));
            final Path file =
                    Files.writeString(
                            dir.resolve("c"),
                            "dir=" + dir + "\nport=" + port + "\nentries=100\nshards=1\n");
            stoat.expect(
                    ExitCode.FAILED,
                    "for other ports change port in " + file,
                    "node",
                    "--cluster",
                    file,
                    "--member",
                    0,
                    "--threads",
                    "off");
        }
    }

    @Test
    void shouldRunAMemberThatAFewOptionsDescribe() throws Exception {
        final Path members = dir.resolve("members");
        final Path file = members.resolve(MemberOptions.HOSTS_FILE);
        final int port = ClusterTargetTest.freePort();
        final Path token =
                Files.createFile(
                        dir.resolve("token"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(token, "a token of the members");
        final Object[] options = {
            "--hosts",
            "127.0.0.1",
            "--member",
            0,
            "--dir",
            members,
            "--port",
            port,
            "--groups",
            2,
            "--shards",
            2,
            "--entries",
            "1_000",
            "--eviction",
            "oldest-write",
            "--high-water",
            80,
            "--token-file",
            token
        };
        try (StoatProcess node = StoatProcess.node(options)) {
            assertTrue(node.output().contains("--cluster " + file), node.output());
            stoat.expect(0, "version", "put", "K", "V", "--cluster", file);
            stoat.expect(0, "V", "get", "K", "--cluster", file);
            stoat.expect(0, "oldest-write", "stat", "--data-dir", members.resolve("data-m0"));
        }
        assertEquals(
                List.of(
                        "dir=" + members,
                        "entries=1000",
                        "eviction=oldest-write",
                        "groups=2",
                        "high-water-percent=80",
                        "hosts=127.0.0.1",
                        "port=" + port,
                        "shards=2",
                        "token-file=" + token,
                        "value-size=256"),
                Files.readAllLines(file).stream().sorted().toList());
        // the same words start it again
        try (StoatProcess node = StoatProcess.node(options)) {
            stoat.expect(0, "V", "get", "K", "--cluster", file);
            assertTrue(node.output().contains("groups          2"), node.output());
        }
    }

    @Test
    void shouldWaitForAClustersLeaderAsLongAsItIsTold() throws Exception {
        final Path file =
                Files.writeString(
                        dir.resolve("c"),
                        "dir=" + dir + "\nport=" + ClusterTargetTest.freePort() + "\n");
        stoat.expect(
                1,
                "no leader answers within 300 ms",
                "get",
                "K",
                "--cluster",
                file,
                "--timeout",
                0.3);
        stoat.expect(
                ExitCode.USAGE,
                "--timeout=151.0: must be more than 0, up to 150",
                "get",
                "K",
                "--cluster",
                file,
                "--timeout",
                151);
    }
}
