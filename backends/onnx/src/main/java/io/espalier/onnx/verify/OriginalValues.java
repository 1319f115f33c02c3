package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Compensated;
import io.espalier.core.values.Manifest.Quantised;
import io.espalier.onnx.file.ClosedBranches;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The original's values in the place of those that a carved model was given after it was cut, or
 * that were rounded: what then has to equal the masked reference. The given values are held against
 * their hashes.
 */
final class OriginalValues {
  private final OnnxModel spelledOut;
  private final OnnxModel carved;
  private final Supplier<OnnxEdit> reference;
  private final SessionSettings settings;
  private final KeptEdges kept;
  private final ParameterValues before;
  private final OnnxEdit edit;
  private final List<String> wrong = new ArrayList<>();

  /**
   * A model with the original's values.
   *
   * @param model the carved model, with the slices of the original's values where they were changed
   * @param wrong what is not as the manifest says, a sentence each
   */
  record Restored(OnnxModel model, List<String> wrong) {
    Restored {
      wrong = List.copyOf(wrong);
    }
  }

  private OriginalValues(
      OnnxModel spelledOut,
      OnnxModel carved,
      Manifest manifest,
      Supplier<OnnxEdit> reference,
      SessionSettings settings) {
    this.spelledOut = spelledOut;
    this.carved = carved;
    this.reference = reference;
    this.settings = settings;
    this.kept = new KeptEdges(manifest);
    this.before = new ParameterValues(spelledOut);
    this.edit = new OnnxEdit(carved);
  }

  /**
   * Puts the original's values back.
   *
   * @param spelledOut the original, as the masked reference spells it out
   * @param reference the masked reference, if a value has to be computed
   */
  static Restored of(
      OnnxModel spelledOut,
      OnnxModel carved,
      Manifest manifest,
      Supplier<OnnxEdit> reference,
      SessionSettings settings) {
    OriginalValues values = new OriginalValues(spelledOut, carved, manifest, reference, settings);
    Set<String> quantised = new HashSet<>();
    for (Quantised entry : manifest.quantised()) {
      if (quantised.add(entry.initializer())) {
        values.restore("quantised", entry.initializer(), entry.output(), entry.input());
      }
    }
    for (Compensated entry : manifest.compensated()) {
      if (!quantised.contains(entry.initializer())) {
        values.checkSum(entry);
        values.restore("compensated", entry.initializer(), entry.output(), entry.input());
      }
    }
    return new Restored(ClosedBranches.of(values.edit).toModel(), values.wrong);
  }

  private void checkSum(Compensated entry) {
    String name = "'" + entry.initializer() + "'";
    OnnxTensor given = carved.initializers().get(entry.initializer());
    if (given == null) {
      return;
    }
    if (!sha256(given.bytes()).equals(entry.sha256())) {
      wrong.add(name + " does not hold the values that the manifest lists: its hash is another");
    }
    if (DataTypes.isFloating(given.dataType()) && !isFinite(given.floats())) {
      wrong.add(name + " was given a value that is no finite number");
    }
  }

  private void restore(String how, String initializer, String output, int input) {
    String name = "'" + initializer + "'";
    OnnxTensor given = carved.initializers().get(initializer);
    if (given == null) {
      wrong.add(name + " is listed as " + how + ", but the carved model does not store it");
      return;
    }
    ByteBuffer own = original(output, input, given);
    if (own == null) {
      wrong.add(
          name
              + " is listed as "
              + how
              + ", but what the original has in its place, on input "
              + input
              + " of the node that makes '"
              + output
              + "', does not fit");
      return;
    }
    edit.replaceInitializer(
        initializer, TensorSource.ofBytes(initializer, given.dataType(), own, given.dims()));
  }

  /** The original's values in the order in which the carved model stores them; null if none fit. */
  private @Nullable ByteBuffer original(String output, int input, OnnxTensor given) {
    NodeProto was = node(spelledOut, output);
    NodeProto now = node(carved, output);
    if (was == null
        || now == null
        || input < 0
        || input >= Math.min(was.getInputCount(), now.getInputCount())
        || !before.contains(was.getInput(input))) {
      return null;
    }
    Map<Integer, List<Integer>> keep = kept.of(output, input);
    String from = was.getInput(input);
    String to = now.getInput(input);
    OnnxTensor whole = before.stored(from);
    ByteBuffer slice = whole == null ? computed(from, keep, given) : stored(whole, keep, given);
    if (slice == null || slice.remaining() != given.byteSize()) {
      return null;
    }
    if (given.equals(new ParameterValues(carved).stored(to))) {
      return slice;
    }
    return arranged(to, given, slice);
  }

  private static @Nullable NodeProto node(OnnxModel model, String output) {
    return model.nodes().stream()
        .filter(
            node ->
                node.getOutputList().stream()
                    .filter(o -> !o.isEmpty())
                    .findFirst()
                    .orElse("")
                    .equals(output))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable ByteBuffer stored(
      OnnxTensor whole, Map<Integer, List<Integer>> keep, OnnxTensor given) {
    return whole.dataType() == given.dataType() && StoredSlices.fits(whole.dims(), keep)
        ? StoredSlices.slice(whole, keep)
        : null;
  }

  /** What the original computes of parameters, where the carved model stores the result. */
  private @Nullable ByteBuffer computed(
      String value, Map<Integer, List<Integer>> keep, OnnxTensor given) {
    Tensor whole =
        ComputedSlices.values(reference.get().toModel(), Set.of(value), settings).get(value);
    if (whole == null || !whole.isFloat() || !StoredSlices.fits(whole.shape(), keep)) {
      return null;
    }
    return ComputedSlices.slice(whole, keep).encode(given.dataType());
  }

  /**
   * Values as they meet data, arranged as they are stored: numbers in the place of the stored
   * values show which goes where.
   */
  private @Nullable ByteBuffer arranged(String value, OnnxTensor given, ByteBuffer slice) {
    int count = Math.toIntExact(given.elementCount());
    long[] positions = new long[count];
    Arrays.setAll(positions, i -> i);
    OnnxEdit numbered =
        new OnnxEdit(carved)
            .replaceInitializer(
                given.name(), TensorSource.ofLongs(given.name(), positions, given.dims()));
    Tensor moved = ComputedSlices.values(numbered.toModel(), Set.of(value), settings).get(value);
    if (moved == null || moved.isFloat() || moved.elementCount() != count) {
      return null;
    }
    int size = given.elementSize();
    ByteBuffer arranged = ByteBuffer.allocate(count * size).order(ByteOrder.LITTLE_ENDIAN);
    long[] places = moved.longs();
    for (int i = 0; i < count; i++) {
      arranged.put((int) places[i] * size, slice, i * size, size);
    }
    return arranged;
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private static String sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
