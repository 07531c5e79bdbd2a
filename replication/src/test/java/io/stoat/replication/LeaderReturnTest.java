package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.cluster.ClusterMember;
import io.aeron.cluster.ClusterMembership;
import io.stoat.store.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Group 1 of two prefers member 1 as its leader. */
class LeaderReturnTest {
    private static final int PREFERRED = 1;
    private static final int LEADER = 2;
    private static final long NOW_NS = TimeUnit.HOURS.toNanos(1);
    private static final long AWAIT_NS = TimeUnit.MINUTES.toNanos(2);

    @TempDir Path dir;

    private final long[] positions = {1_000, 1_000, 1_000};
    private final long[] appendedNs = {NOW_NS, NOW_NS, NOW_NS};
    private int queries;

    private ClusterConfig config(final String... more) {
        final List<String> settings = new ArrayList<>(List.of("groups=2", "leader-return-ms=5000"));
        settings.addAll(List.of(more));
        return TestCluster.config(dir, 3, settings.toArray(new String[0]));
    }

    private LeaderReturn leaderReturn(final ClusterConfig config, final int member) {
        return new LeaderReturn(config, 1, member, this::answer);
    }

    private boolean answer(final ClusterMembership membership) {
        queries++;
        membership.leaderMemberId = LEADER;
        membership.currentTimeNs = NOW_NS;
        membership.activeMembers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            membership.activeMembers.add(
                    new ClusterMember(i, "a:1", "a:2", "a:3", "a:4", "a:5", "")
                            .logPosition(positions[i])
                            .timeOfLastAppendPositionNs(appendedNs[i]));
        }
        return true;
    }

    @Test
    void shouldGiveWayOnceAfterItsTimeToAMemberThatHasEverything() {
        final LeaderReturn leader = leaderReturn(config(), LEADER);
        assertFalse(leader.isDue(false, 0));
        assertFalse(leader.isDue(true, 100));
        assertFalse(leader.isDue(true, 5_099));
        assertEquals(0, queries);
        assertFalse(leader.isDue(true, 5_100));
        assertFalse(leader.isDue(true, 5_200));
        assertEquals(1, queries);
        positions[LEADER] = 2_000;
        assertTrue(leader.isDue(true, 6_100));
        assertFalse(leader.isDue(true, 60_000));
    }

    @Test
    void shouldLeadOnWhileThePreferredMemberIsBehindOrSilent() {
        final LeaderReturn leader = leaderReturn(config(), LEADER);
        positions[PREFERRED] = 999;
        for (long nowMs = 0; nowMs < 60_000; nowMs += 500) {
            assertFalse(leader.isDue(true, nowMs));
        }
        positions[PREFERRED] = 1_000;
        appendedNs[PREFERRED] = NOW_NS - TimeUnit.MINUTES.toNanos(1);
        assertFalse(leader.isDue(true, 70_000));
        appendedNs[PREFERRED] = NOW_NS;
        assertTrue(leader.isDue(true, 80_000));
    }

    @Test
    void shouldLeadOnWithoutAQuorumOfOthers() {
        final LeaderReturn leader = leaderReturn(config(), LEADER);
        appendedNs[0] = NOW_NS - TimeUnit.MINUTES.toNanos(1);
        assertFalse(leader.isDue(true, 0));
        assertFalse(leader.isDue(true, 10_000));
        assertFalse(leader.isDue(true, 20_000));
        appendedNs[0] = NOW_NS;
        assertTrue(leader.isDue(true, 30_000));
    }

    @Test
    void shouldCountItsTimeAnewWhenItLeadsAgain() {
        final LeaderReturn leader = leaderReturn(config(), LEADER);
        assertFalse(leader.isDue(true, 0));
        assertFalse(leader.isDue(false, 4_000));
        assertFalse(leader.isDue(true, 6_000));
        assertFalse(leader.isDue(true, 10_900));
        assertEquals(0, queries);
    }

    @Test
    void shouldNeverGiveWayWhenPreferredOrTurnedOffOrAlone() {
        final List<LeaderReturn> never =
                List.of(
                        leaderReturn(config(), PREFERRED),
                        leaderReturn(config("leader-return-ms=0"), LEADER),
                        new LeaderReturn(config("groups=1"), 0, LEADER, this::answer));
        for (final LeaderReturn leader : never) {
            for (long nowMs = 0; nowMs < 100_000; nowMs += 1_000) {
                assertFalse(leader.isDue(true, nowMs));
            }
        }
        assertEquals(0, queries);
    }

    @Test
    void shouldMoveLeadershipBackToAMemberThatHasReturned() {
        final ClusterConfig config = config("leader-return-ms=1000");
        final MemberKeeper[] keepers = new MemberKeeper[3];
        try (ReplicatedClient client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(config)
                                .timeoutNs(TimeUnit.SECONDS.toNanos(60)))) {
            for (int i = 0; i < 3; i++) {
                keepers[i] = keep(config, i);
            }
            awaitLeader(config, PREFERRED);
            assertEquals(Status.OK, TestCluster.tryPut(client, "before", "1", 0));
            keepers[PREFERRED].close();
            for (int i = 0; i < 50; i++) {
                assertEquals(Status.OK, TestCluster.tryPut(client, "while-" + i, "2", 0));
            }
            keepers[PREFERRED] = keep(config, PREFERRED);
            awaitLeader(config, PREFERRED);
            awaitLeader(config, 0, 0);
            for (int i = 0; i < 50; i++) {
                assertEquals("2", TestCluster.get(client, "while-" + i));
            }
            assertEquals("1", TestCluster.get(client, "before"));
        } finally {
            CloseHelper.quietCloseAll(keepers);
            for (int i = 0; i < 3; i++) {
                TestCluster.removeAeron(config, i);
            }
        }
    }

    private static MemberKeeper keep(final ClusterConfig config, final int member) {
        return MemberKeeper.keep(
                config, member, group -> new MemberContext().errorHandler(error -> {}), news -> {});
    }

    private static void awaitLeader(final ClusterConfig config, final int member) {
        awaitLeader(config, 1, member);
    }

    private static void awaitLeader(final ClusterConfig config, final int group, final int member) {
        final long deadlineNs = System.nanoTime() + AWAIT_NS;
        while (!leads(config, group, member)) {
            assertTrue(
                    System.nanoTime() - deadlineNs < 0,
                    "member " + member + " does not lead group " + group);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static boolean leads(final ClusterConfig config, final int group, final int member) {
        try (MemberStatus status = MemberStatus.attach(config.memberDir(group, member))) {
            return status.state() == MemberStatus.State.LIVE && status.isLeader();
        }
    }
}
