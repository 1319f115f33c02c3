package io.espalier.onnx.calibrate;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.Samples;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Runs a model on data, batch by batch. */
public final class OnnxRunning {
  private OnnxRunning() {}

  /** Gives every batch and the outputs for it to a listener. */
  public static void run(
      OnnxModel model,
      Samples data,
      int[] samples,
      int size,
      BiConsumer<Batch, Map<String, DataArray>> listener) {
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.fast().withThreads(Integer.getInteger("espalier.threads", 0)));
        Samples.Batches batches = data.read(samples, size)) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        Map<String, DataArray> outputs = new LinkedHashMap<>();
        session
            .run(OnnxMeasuring.tensors(next.get()))
            .forEach((name, tensor) -> outputs.put(name, array(tensor)));
        listener.accept(next.get(), outputs);
      }
    }
  }

  private static DataArray array(Tensor tensor) {
    return tensor.isFloat()
        ? DataArray.ofFloats(ElementType.FLOAT32, tensor.floats(), tensor.shape())
        : DataArray.ofLongs(ElementType.INT64, tensor.longs(), tensor.shape());
  }
}
