package io.espalier.onnx.calibrate;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.RecentlyUsed;
import io.espalier.core.data.Samples;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows that the model to be matched computes. It is only run where they are not known from an
 * earlier pass over the same samples.
 */
final class Targets implements AutoCloseable {
  private static final String PREFIX = "espalier_target/";

  private final OnnxModel model;
  private final Map<Rows, String> names = new LinkedHashMap<>();
  private final @Nullable RecentlyUsed<Object, List<DataArray>> known;
  private @Nullable OnnxSession session;

  /** Rows of a tensor, as {@link MomentNodes#rows} brings them about. */
  record Rows(String tensor, int rank, int axis, String mask, int step) {}

  /**
   * What results are known under. A model equals itself alone; and rows that are asked for together
   * are known together, since the runtime may compute others otherwise.
   */
  private record Key(OnnxModel model, List<Rows> rows, List<Integer> samples, int size) {}

  /**
   * Rows of a model.
   *
   * @param data which may keep results
   */
  Targets(OnnxModel model, Samples data) {
    this.model = model;
    this.known = data.results().orElse(null);
  }

  /** Asks for rows; the answer is what they are called. */
  String name(Rows rows) {
    return names.computeIfAbsent(rows, key -> PREFIX + names.size());
  }

  /** What is asked for, and what it is called. */
  Map<Rows, String> names() {
    return names;
  }

  /**
   * Starts a pass over some samples.
   *
   * @param size how many go into a batch
   */
  Pass pass(int[] samples, int size) {
    return new Pass(Arrays.stream(samples).boxed().toList(), size);
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
  }

  private OnnxSession session() {
    if (session == null) {
      Set<String> tensors = new LinkedHashSet<>();
      names.keySet().forEach(rows -> tensors.add(rows.tensor()));
      OnnxEdit excerpt = Excerpt.of(model, tensors);
      MomentNodes nodes = new MomentNodes(excerpt, model.opset(""));
      names.forEach(
          (rows, name) ->
              nodes.copy(
                  nodes.rows(rows.tensor(), rows.rank(), rows.axis(), rows.mask(), rows.step()),
                  name));
      excerpt.insertNodesBefore(model.nodes().size(), nodes.nodes());
      names.values().forEach(name -> excerpt.addOutput(MomentNodes.output(name)));
      session = OnnxSession.open(excerpt, SessionSettings.fast());
    }
    return session;
  }

  /** One pass; batches come in the order in which the samples are read. */
  final class Pass {
    private final Key key;
    private final @Nullable List<DataArray> before;
    private final List<DataArray> now = new ArrayList<>();
    private int next;
    private long bytes;

    private Pass(List<Integer> samples, int size) {
      this.key = new Key(model, List.copyOf(names.keySet()), samples, size);
      this.before = known == null ? null : known.get(key).orElse(null);
    }

    /** Rows for the next batch, by name. */
    Map<String, Tensor> next(Map<String, Tensor> inputs) {
      Map<String, Tensor> rows = new LinkedHashMap<>();
      if (names.isEmpty()) {
        return rows;
      }
      if (before != null) {
        for (String name : names.values()) {
          rows.put(name, Tensor.of(before.get(next++)));
        }
        return rows;
      }
      rows.putAll(session().run(inputs));
      for (String name : names.values()) {
        Tensor tensor = Objects.requireNonNull(rows.get(name));
        bytes += tensor.elementCount() * Float.BYTES;
        if (known != null && known.fits(bytes)) {
          now.add(tensor.toArray());
        } else {
          now.clear();
        }
      }
      return rows;
    }

    /** After the last batch: keeps what was not known. */
    void end() {
      if (known != null && before == null && !names.isEmpty()) {
        known.keep(key, List.copyOf(now), bytes);
      }
    }
  }
}
