package io.stoat.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** The secret that a node and its clients share, and the file that it stands in. */
public final class Token {
    static final int MIN_LENGTH = 16;
    static final int MAX_LENGTH = 1024;

    private static final Set<PosixFilePermission> ALLOWED =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private Token() {}

    /**
     * Reads a token file: one line, which nobody but its owner may read.
     *
     * @param file that holds the token.
     * @return the token's bytes.
     * @throws TransportException naming the file, what is wrong, and the mend; never the token.
     */
    public static byte[] read(final Path file) {
        final String text;
        try {
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!ALLOWED.containsAll(permissions)) {
                throw new TransportException(
                        "token file "
                                + file
                                + " has mode "
                                + PosixFilePermissions.toString(permissions)
                                + ": others could read it; chmod 600 "
                                + file);
            }
            text = Files.readString(file, StandardCharsets.UTF_8).trim();
        } catch (final NoSuchFileException ex) {
            throw new TransportException(
                    "token file "
                            + file
                            + " does not exist: (umask 077; head -c 32 /dev/urandom | base64 > "
                            + file
                            + ") makes one",
                    ex);
        } catch (final IOException | UnsupportedOperationException ex) {
            throw new TransportException("token file " + file + " cannot be read: " + ex, ex);
        }
        final byte[] token = text.getBytes(StandardCharsets.UTF_8);
        if (token.length < MIN_LENGTH || token.length > MAX_LENGTH || text.indexOf('\n') >= 0) {
            throw new TransportException(
                    "token file "
                            + file
                            + " must hold one line of "
                            + MIN_LENGTH
                            + " to "
                            + MAX_LENGTH
                            + " bytes");
        }
        return token;
    }
}
