package io.stoat.transport;

import io.aeron.CncFileDescriptor;
import io.aeron.CommonContext;
import java.io.File;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.concurrent.status.CountersReader;

/**
 * What the agents of a node have counted since it started, summed over them: read by another
 * process from the counters file of the node's media driver.
 *
 * @param requests keys asked for and commands read.
 * @param malformed messages that could not be read, or came without a session.
 * @param sessions open ones.
 * @param refusedSessions sessions refused.
 * @param endedSessions sessions that the node ended: unused, or taking no answers.
 * @param droppedResponses answers dropped because their client was gone.
 * @param backPressured how often a request had to wait for its client to take answers.
 */
public record NodeCounters(
        long requests,
        long malformed,
        long sessions,
        long refusedSessions,
        long endedSessions,
        long droppedResponses,
        long backPressured) {

    /**
     * Reads the counters. Any thread.
     *
     * @param dataDir of the node.
     * @return what its agents have counted; nothing when no node has served the directory, or one
     *     whose counters this version cannot read. Of a node that was killed they are the last.
     */
    public static Optional<NodeCounters> read(final Path dataDir) {
        final File file = CommonContext.newCncFile(AeronDirectories.forDataDir(dataDir).toString());
        if (!Files.isReadable(file.toPath()) || file.length() == 0) {
            return Optional.empty();
        }
        final MappedByteBuffer bytes =
                IoUtil.mapExistingFile(file, FileChannel.MapMode.READ_ONLY, "counters");
        try {
            final DirectBuffer header = CncFileDescriptor.createMetaDataBuffer(bytes);
            final int version = header.getInt(CncFileDescriptor.cncVersionOffset(0));
            if (!isReadable(version)) {
                return Optional.empty();
            }
            return Optional.of(
                    sum(
                            new CountersReader(
                                    CncFileDescriptor.createCountersMetaDataBuffer(bytes, header),
                                    CncFileDescriptor.createCountersValuesBuffer(bytes, header))));
        } finally {
            BufferUtil.free(bytes);
        }
    }

    private static boolean isReadable(final int version) {
        return version >>> 16 == CncFileDescriptor.CNC_VERSION >>> 16;
    }

    private static NodeCounters sum(final CountersReader reader) {
        final Map<String, Long> sums = new HashMap<>();
        reader.forEach(
                (value, id, label) -> {
                    if (reader.getCounterTypeId(id) == AgentCounters.TYPE_ID) {
                        sums.merge(AgentCounters.nameOf(label), value, Long::sum);
                    }
                });
        return new NodeCounters(
                sums.getOrDefault(AgentCounters.REQUESTS, 0L),
                sums.getOrDefault(AgentCounters.MALFORMED, 0L),
                sums.getOrDefault(AgentCounters.SESSIONS, 0L),
                sums.getOrDefault(AgentCounters.REFUSED_SESSIONS, 0L),
                sums.getOrDefault(AgentCounters.ENDED_SESSIONS, 0L),
                sums.getOrDefault(AgentCounters.DROPPED_RESPONSES, 0L),
                sums.getOrDefault(AgentCounters.BACK_PRESSURED, 0L));
    }
}
