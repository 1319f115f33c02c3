package io.espalier.core.calibration;

import io.espalier.core.moments.ChannelMoments;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Moments;
import io.espalier.core.values.WholeFile;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What was measured in one pass, as a file: the key, the numbers as they are, and a SHA-256 of all
 * before it.
 */
final class MomentsFile {
  private static final int HASH = 32;
  private static final int PIECE = 1 << 16;

  private MomentsFile() {}

  /** Writes a file, all of it or none. */
  static void write(Path file, byte[] key, Measured measured) throws IOException {
    MessageDigest digest = sha256();
    WholeFile.write(
        file,
        raw -> {
          DataOutputStream out = new DataOutputStream(new DigestOutputStream(raw, digest));
          out.write(key);
          write(out, measured);
          out.flush();
          raw.write(digest.digest());
        });
  }

  private static void write(DataOutputStream out, Measured measured) throws IOException {
    out.writeInt(measured.moments().size());
    for (List<Moments> folds : measured.moments()) {
      out.writeInt(folds.size());
      for (Moments moments : folds) {
        out.writeInt(moments.columns());
        out.writeInt(moments.outputs());
        out.writeInt(moments.groups());
        for (int group = 0; group < moments.groups(); group++) {
          write(out, moments.gram(group));
          write(out, moments.cross(group));
          write(out, moments.squares(group));
        }
      }
    }
    out.writeInt(measured.pairs().size());
    for (ChannelMoments pair : measured.pairs()) {
      out.writeDouble(pair.rows());
      out.writeInt(pair.x().length);
      for (double[] sums : List.of(pair.x(), pair.y(), pair.xx(), pair.xy(), pair.yy())) {
        write(out, sums);
      }
    }
  }

  private static void write(DataOutputStream out, double[] numbers) throws IOException {
    byte[] bytes = new byte[Math.min(numbers.length, PIECE) * Double.BYTES];
    for (int from = 0; from < numbers.length; from += PIECE) {
      int count = Math.min(PIECE, numbers.length - from);
      ByteBuffer.wrap(bytes).asDoubleBuffer().put(numbers, from, count);
      out.write(bytes, 0, count * Double.BYTES);
    }
  }

  /** Reads a file; empty if it is not whole, or one of another key. */
  static Optional<Measured> read(Path file, byte[] key) {
    try {
      if (!isWhole(file)) {
        return Optional.empty();
      }
      try (DataInputStream in = open(file)) {
        return Arrays.equals(in.readNBytes(key.length), key)
            ? Optional.of(read(in))
            : Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty(); // what cannot be read is measured
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), PIECE));
  }

  private static boolean isWhole(Path file) throws IOException {
    MessageDigest digest = sha256();
    long rest = Files.size(file) - HASH;
    try (InputStream in = open(file)) {
      byte[] bytes = new byte[PIECE];
      while (rest > 0) {
        int read = in.read(bytes, 0, (int) Math.min(PIECE, rest));
        if (read < 0) {
          return false;
        }
        digest.update(bytes, 0, read);
        rest -= read;
      }
      return rest == 0 && Arrays.equals(in.readNBytes(HASH), digest.digest());
    }
  }

  private static Measured read(DataInputStream in) throws IOException {
    List<List<Moments>> all = new ArrayList<>();
    int probes = in.readInt();
    for (int probe = 0; probe < probes; probe++) {
      List<Moments> folds = new ArrayList<>();
      int count = in.readInt();
      for (int fold = 0; fold < count; fold++) {
        Moments moments = new Moments(in.readInt(), in.readInt(), in.readInt());
        for (int group = 0; group < moments.groups(); group++) {
          read(in, moments.gram(group));
          read(in, moments.cross(group));
          read(in, moments.squares(group));
        }
        folds.add(moments);
      }
      all.add(folds);
    }
    List<ChannelMoments> pairs = new ArrayList<>();
    int count = in.readInt();
    for (int pair = 0; pair < count; pair++) {
      double rows = in.readDouble();
      double[][] sums = new double[5][in.readInt()];
      for (double[] numbers : sums) {
        read(in, numbers);
      }
      pairs.add(new ChannelMoments(rows, sums[0], sums[1], sums[2], sums[3], sums[4]));
    }
    return new Measured(all, pairs);
  }

  private static void read(DataInputStream in, double[] numbers) throws IOException {
    byte[] bytes = new byte[Math.min(numbers.length, PIECE) * Double.BYTES];
    for (int from = 0; from < numbers.length; from += PIECE) {
      int count = Math.min(PIECE, numbers.length - from);
      in.readFully(bytes, 0, count * Double.BYTES);
      ByteBuffer.wrap(bytes).asDoubleBuffer().get(numbers, from, count);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
