package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.replication.codec.ChecksumReportEncoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every member knows what every other one holds, without looking into its files. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ChecksumReportTest {
    private static final ContentSum SUM = new ContentSum(5, 6, 7);

    @TempDir Path dir;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[64]);
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    @Test
    void shouldTellEveryMemberTheSumOfEveryOtherOne() {
        try (TestCluster cluster = new TestCluster(dir, 3).startAll();
                ReplicatedClient client = cluster.client()) {
            cluster.awaitLeader();
            assertAllTold(cluster, client);
            TestCluster.put(client, "key", "value");
            assertAllTold(cluster, client);
        }
    }

    private static void assertAllTold(final TestCluster cluster, final ReplicatedClient client) {
        final long checksum = client.contentChecksum(0);
        final ContentSum expected = new ContentSum(client.position(), checksum, client.entries());
        for (int member = 0; member < 3; member++) {
            final MemberStatus status = cluster.status(member);
            for (int other = 0; other < 3; other++) {
                final int told = other;
                cluster.await(
                        "report of " + other + " on " + member,
                        () -> status.reportedSum(told).equals(expected));
            }
        }
    }

    private void report(final LogQuestions questions, final int member, final int blockLength) {
        new ChecksumReportEncoder()
                .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
                .memberId(member)
                .position(SUM.position())
                .checksum(SUM.checksum())
                .entries(SUM.entries());
        new MessageHeaderEncoder().wrap(message, 0).blockLength(blockLength);
        header.wrap(message, 0);
        questions.onChecksumReport(header, message, MessageHeaderDecoder.ENCODED_LENGTH);
    }

    @Test
    void shouldIgnoreAReportOfNoMemberOrThatIsTooShort() {
        final ClusterConfig config = TestCluster.config(dir, 3);
        try (OwnMemberStatus status = OwnMemberStatus.own(dir, 0)) {
            final LogQuestions questions = new LogQuestions(config, null, status);
            final int length = ChecksumReportEncoder.BLOCK_LENGTH;
            report(questions, 2, length);
            assertEquals(SUM, status.reportedSum(2));
            report(questions, 3, length);
            report(questions, -1, length);
            report(questions, 1, length - 8);
            for (final int silent : new int[] {0, 1, 3}) {
                assertEquals(0, status.reportedSum(silent).position());
            }
            assertEquals(SUM, status.reportedSum(2));
        }
    }

    @Test
    void shouldRefuseANumberThatNoMemberMayHave() {
        try (OwnMemberStatus status = OwnMemberStatus.own(dir, 0)) {
            final String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> status.reportedSum(ClusterConfig.MAX_MEMBERS))
                            .getMessage();
            assertTrue(message.contains("member=" + ClusterConfig.MAX_MEMBERS), message);
        }
    }
}
