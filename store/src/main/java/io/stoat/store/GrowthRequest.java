package io.stoat.store;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.UUID;

/**
 * Asks the owner of a data directory, in another process, to grow the store: by the file {@code
 * grow.request}, which the owner's heartbeat thread finds, and {@code grow.reply}, which it keeps
 * current. Whoever may write to the directory may ask. One request at a time; one thread.
 */
public final class GrowthRequest implements AutoCloseable {
    static final String REQUEST_FILE = "grow.request";
    static final String REPLY_FILE = "grow.reply";

    private final Path dataDir;
    private final String id = UUID.randomUUID().toString();

    private GrowthRequest(final Path dataDir) {
        this.dataDir = dataDir;
    }

    /**
     * Leaves a request for the owner.
     *
     * @param dataDir of the store.
     * @param entries that the whole store is to hold.
     * @return the request, to be polled until it is over.
     * @throws StoreException when the directory cannot be written to.
     */
    public static GrowthRequest submit(final Path dataDir, final long entries) {
        final GrowthRequest request = new GrowthRequest(dataDir);
        final Properties properties = new Properties();
        properties.setProperty("id", request.id);
        properties.setProperty("entries", String.valueOf(entries));
        try {
            write(dataDir.resolve(REQUEST_FILE), properties);
        } catch (final IOException ex) {
            throw new StoreException(
                    "cannot leave a request in "
                            + dataDir
                            + ": "
                            + ex
                            + "; ask as the user who runs the owner",
                    ex);
        }
        return request;
    }

    /**
     * @return the owner's latest word, or null as long as it has not answered.
     */
    public GrowthReply poll() {
        try {
            final Properties reply = read(dataDir.resolve(REPLY_FILE));
            if (reply == null || !id.equals(reply.getProperty("id"))) {
                return null;
            }
            return new GrowthReply(
                    Growth.State.valueOf(reply.getProperty("state")),
                    Integer.parseInt(reply.getProperty("shards")),
                    Integer.parseInt(reply.getProperty("shardsSwitched")),
                    Long.parseLong(reply.getProperty("slices")),
                    Long.parseLong(reply.getProperty("maxPauseNs")),
                    Long.parseLong(reply.getProperty("totalPauseNs")),
                    reply.getProperty("failure"));
        } catch (final IOException | IllegalArgumentException | NullPointerException ex) {
            throw new StoreException("cannot read " + dataDir.resolve(REPLY_FILE) + ": " + ex, ex);
        }
    }

    /** Takes request and reply away; a growth that has begun goes on. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(dataDir.resolve(REQUEST_FILE));
            Files.deleteIfExists(dataDir.resolve(REPLY_FILE));
        } catch (final IOException ex) {
            throw new StoreException("cannot delete the request in " + dataDir + ": " + ex, ex);
        }
    }

    static Properties read(final Path file) throws IOException {
        final Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
        } catch (final NoSuchFileException ex) {
            return null;
        }
        return properties;
    }

    /** All at once: who reads sees the old text or the new. */
    static void write(final Path file, final Properties properties) throws IOException {
        final StringWriter text = new StringWriter();
        properties.store(text, null);
        final Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text.toString(), StandardCharsets.UTF_8);
        ShardFiles.restrict(part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
