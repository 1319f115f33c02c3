package io.espalier.onnx.calibrate;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.RememberedPass;
import io.espalier.core.data.Samples;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.Arrays;
import java.util.Iterator;
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
  private final Samples data;
  private final Map<Rows, String> names = new LinkedHashMap<>();
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
    this.data = data;
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
    private final RememberedPass results;

    private Pass(List<Integer> samples, int size) {
      Key key = new Key(model, List.copyOf(names.keySet()), samples, size);
      this.results = new RememberedPass(data, key);
    }

    /** Rows for the next batch, by name. */
    Map<String, Tensor> next(Map<String, Tensor> inputs) {
      Map<String, Tensor> rows = new LinkedHashMap<>();
      if (names.isEmpty()) {
        return rows;
      }
      Iterator<DataArray> arrays = results.next(names.size(), () -> computed(inputs)).iterator();
      names.values().forEach(name -> rows.put(name, Tensor.of(arrays.next())));
      return rows;
    }

    private List<DataArray> computed(Map<String, Tensor> inputs) {
      Map<String, Tensor> outputs = session().run(inputs);
      return names.values().stream()
          .map(name -> Objects.requireNonNull(outputs.get(name)).toArray())
          .toList();
    }

    /** After the last batch: keeps what was not known. */
    void end() {
      results.end();
    }
  }
}
