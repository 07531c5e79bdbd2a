package io.stoat.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The owner's side of {@link GrowthRequest}s; the heartbeat thread polls it. */
final class GrowthDesk {
    private final Store store;
    private final Path requestFile;
    private final Path replyFile;
    private String id;
    private Growth growth;

    GrowthDesk(final Store store) {
        this.store = store;
        requestFile = store.context().dataDir().resolve(GrowthRequest.REQUEST_FILE);
        replyFile = store.context().dataDir().resolve(GrowthRequest.REPLY_FILE);
    }

    /** Takes a request, or reports on the one under way. */
    int poll() {
        try {
            if (growth != null) {
                report();
                return 1;
            }
            return Files.exists(requestFile) ? take() : 0;
        } catch (final IOException ex) {
            // who asked waits no longer than its own limit; the store goes on
            growth = null;
            return 0;
        }
    }

    private void report() throws IOException {
        final boolean isOver = growth.isOver() && !store.growthIsUnderWay();
        final GrowthReply reply = GrowthReply.of(growth, isOver);
        if (isOver) {
            growth = null;
        }
        reply(reply);
    }

    private int take() throws IOException {
        final Properties request = GrowthRequest.read(requestFile);
        Files.deleteIfExists(requestFile);
        if (request == null) {
            return 0;
        }
        id = request.getProperty("id", "");
        try {
            growth = store.startGrowth(Long.parseLong(request.getProperty("entries", "")));
            report();
        } catch (final NumberFormatException ex) {
            reply(GrowthReply.refused("the request names no number of entries"));
        } catch (final StoreException | IllegalStateException ex) {
            reply(GrowthReply.refused(ex.getMessage()));
        }
        return 1;
    }

    private void reply(final GrowthReply reply) throws IOException {
        final Properties properties = new Properties();
        properties.setProperty("id", id);
        properties.setProperty("state", reply.state().name());
        properties.setProperty("shards", String.valueOf(reply.shards()));
        properties.setProperty("shardsSwitched", String.valueOf(reply.shardsSwitched()));
        properties.setProperty("slices", String.valueOf(reply.slices()));
        properties.setProperty("maxPauseNs", String.valueOf(reply.maxPauseNs()));
        properties.setProperty("totalPauseNs", String.valueOf(reply.totalPauseNs()));
        properties.setProperty("failure", reply.failure());
        GrowthRequest.write(replyFile, properties);
    }
}
