package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.ops.cluster.NetworkNamespaces;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberKeeper;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code stoat cluster} and {@code stoat demo --nodes 3} on three member processes. */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class ClusterCommandsTest {
    private static final int MEMBERS = 3;
    private static final List<String> SETTINGS =
            List.of(
                    "entries=1000",
                    "value-size=64",
                    "shards=2",
                    "term-length=262144",
                    "heartbeat-timeout-ms=2000",
                    "election-timeout-ms=500");

    @TempDir Path dir;

    private final StoatWords stoat = new StoatWords();

    private static Path file(final ClusterProcesses cluster) {
        return cluster.config().dir().resolve("cluster.properties");
    }

    private void cluster(final Path file, final String words, final String... command) {
        final Object[] all = new Object[command.length + 3];
        all[0] = "cluster";
        System.arraycopy(command, 0, all, 1, command.length);
        all[command.length + 1] = "--cluster";
        all[command.length + 2] = file;
        stoat.expect(ExitCode.OK, words, all);
    }

    @Test
    void shouldLookAtMembersAskThemForThingsAndRestoreTheirBackup() throws Exception {
        try (ClusterProcesses members = new ClusterProcesses(MEMBERS, SETTINGS)) {
            members.startAll();
            members.awaitAllLive();
            final Path file = file(members);
            cluster(file, "3 of 3 members run on this host; 2 are needed", "status");
            assertEquals(
                    1, stoat.output().lines().filter(line -> line.contains(" leader ")).count());
            cluster(file, Integer.toString(members.awaitLeader()), "leader");
            stoat.expect(0, "version", "put", "before", "1", "--cluster", file);
            cluster(file, "snapshot at position", "snapshot");
            stoat.expect(0, "version", "put", "after", "2", "--cluster", file);
            cluster(file, "the same on 3 of 3 members at position", "verify");
            verifyOnTheHostOf(members.awaitLeader(), members);
            verifyOnTheHostOf((members.awaitLeader() + 1) % MEMBERS, members);
            stepDown(members, file);
            stoat.expect(0, "version", "put", "last", "3", "--cluster", file);
            final Path backup = dir.resolve("backup");
            cluster(file, "backup in " + backup + " up to position", "backup", backup.toString());
            stoat.expect(
                    ExitCode.USAGE,
                    "exists: give a new directory",
                    "cluster",
                    "backup",
                    backup,
                    "--cluster",
                    file);
            verifyOfAFew(members, file);
            restore(backup);
        }
    }

    private void stepDown(final ClusterProcesses members, final Path file) {
        final int leader = members.awaitLeader();
        cluster(file, "member " + leader + " stepped down", "step-down");
        stoat.expect(
                ExitCode.OK, "members run on this host", "cluster", "status", "--cluster", file);
        assertFalse(stoat.output().contains("dead"), stoat.output());
        members.await("another leader", () -> members.leader() >= 0);
        assertNotEquals(leader, members.awaitLeader());
        members.awaitAllLive();
        cluster(file, "3 of 3 members run on this host", "status");
    }

    /** As on a host that has the files of one member only, the others being elsewhere. */
    private void verifyOnTheHostOf(final int member, final ClusterProcesses members)
            throws IOException {
        final Path host = Files.createDirectories(dir.resolve("host-" + member));
        Files.createSymbolicLink(
                host.resolve("g0-m" + member), members.config().memberDir(0, member));
        final Path file = host.resolve("cluster.properties");
        final List<String> lines = new ArrayList<>(Files.readAllLines(file(members)));
        lines.removeIf(line -> line.startsWith("dir="));
        lines.add("dir=" + host);
        Files.write(file, lines);
        cluster(file, "1 of 3 members run on this host", "status");
        cluster(file, "the same on 3 of 3 members at position", "verify");
    }

    /** Fewer members than there are: no success, unless those of this host are enough. */
    private void verifyOfAFew(final ClusterProcesses members, final Path file) {
        final int absent = (members.awaitLeader() + 1) % MEMBERS;
        members.kill(absent);
        stoat.expect(ExitCode.FAILED, "2 of 3 members", "cluster", "verify", "--cluster", file);
        assertTrue(
                stoat.output()
                        .contains("not compared: [" + absent + "], which neither run on this host"),
                stoat.output());
        cluster(file, "the same on 2 of 3 members", "verify", "--here");
        cluster(file, "dead", "status");
    }

    /** As the help says: into the directory of member 0 of a configuration with one host. */
    private void restore(final Path backup) throws Exception {
        final Path alone = Files.createDirectories(dir.resolve("alone"));
        final Path file = alone.resolve("alone.cluster");
        Files.write(
                file,
                List.of(
                        "dir=" + alone,
                        "port=" + ClusterTargetTest.freePort(),
                        "entries=1000",
                        "value-size=64",
                        "shards=2",
                        "term-length=262144",
                        "heartbeat-timeout-ms=5000"));
        Files.move(backup, alone.resolve("g0-m0"));
        try (StoatProcess node = StoatProcess.node("--cluster", file, "--member", 0)) {
            stoat.expect(0, "1", "get", "before", "--cluster", file);
            stoat.expect(0, "2", "get", "after", "--cluster", file);
            stoat.expect(0, "3", "get", "last", "--cluster", file);
            cluster(file, "the same on 1 of 1 members", "verify");
            node.terminate();
            node.await();
        }
    }

    @Test
    void shouldVerifyAndBackUpMembersOfOtherHosts() throws Exception {
        final String absence = NetworkNamespaces.absence();
        assumeTrue(absence == null, absence);
        try (NetworkNamespaces network = NetworkNamespaces.create(MEMBERS);
                ClusterProcesses members = new ClusterProcesses(MEMBERS, SETTINGS, network)) {
            members.startAll();
            members.awaitAllLive();
            final Path file = file(members);
            expectIn(network, "the same on 3 of 3 members", "cluster", "verify", "--cluster", file);
            final Path backup = dir.resolve("remote");
            expectIn(network, "up to position", "cluster", "backup", backup, "--cluster", file);
            assertTrue(Files.isDirectory(backup.resolve("log")));
        }
    }

    private static void expectIn(
            final NetworkNamespaces network, final String words, final Object... command)
            throws Exception {
        try (StoatProcess process = StoatProcess.startBehind(network.hubPrefix(), command)) {
            final int exitCode = process.await();
            assertEquals(ExitCode.OK, exitCode, process.output());
            assertTrue(process.output().contains(words), process.output());
        }
    }

    @Test
    void shouldLoseNothingInTheDemoOfThreeMembersAndLeaveNothing() throws Exception {
        try (StoatProcess demo = StoatProcess.start("demo", "--nodes", MEMBERS, "--seconds", 6)) {
            demo.awaitLine("writing:");
            final Set<ProcessHandle> members =
                    ProcessHandle.of(demo.pid())
                            .orElseThrow()
                            .children()
                            .collect(Collectors.toSet());
            assertEquals(MEMBERS, members.size(), demo.output());
            final ClusterConfig config = ClusterConfig.read(fileOf(members.iterator().next()));
            final int exitCode = demo.await();
            assertEquals(ExitCode.OK, exitCode, demo.output());
            assertTrue(demo.output().contains("SIGKILL of the leader"), demo.output());
            assertTrue(demo.output().contains("none lost, none applied twice"), demo.output());
            requireNothingLeft(members, config);
        }
    }

    /** From its command line, which is too long for {@link ProcessHandle.Info}. */
    private static Path fileOf(final ProcessHandle member) throws IOException {
        final String line = Files.readString(Path.of("/proc/" + member.pid() + "/cmdline"));
        final List<String> words = List.of(line.split("\0"));
        return Path.of(words.get(words.indexOf("--cluster") + 1));
    }

    private static void requireNothingLeft(
            final Set<ProcessHandle> members, final ClusterConfig config) throws IOException {
        assertTrue(members.stream().noneMatch(ProcessHandle::isAlive));
        assertFalse(Files.exists(config.dir()), config.dir().toString());
        for (int member = 0; member < MEMBERS; member++) {
            final Path aeron = MemberKeeper.aeronDirectory(config, 0, member);
            assertFalse(Files.exists(aeron), aeron.toString());
            try (DatagramSocket socket =
                    new DatagramSocket(
                            config.firstPort(0, member), InetAddress.getLoopbackAddress())) {
                assertTrue(socket.isBound());
            }
        }
    }

    @Test
    void shouldKeepWhatASyncedNodeAcknowledgedBeforeItWasKilled() {
        final List<String> settings = new ArrayList<>(SETTINGS);
        settings.add("file-sync-level=2");
        try (ClusterProcesses node = new ClusterProcesses(1, settings)) {
            node.startAll();
            final Path file = file(node);
            for (int i = 0; i < 10; i++) {
                stoat.expect(0, "version", "put", "key-" + i, "value-" + i, "--cluster", file);
            }
            node.kill(0);
            node.start(0);
            node.awaitLeader();
            for (int i = 0; i < 10; i++) {
                stoat.expect(0, "value-" + i, "get", "key-" + i, "--cluster", file);
            }
        }
    }
}
