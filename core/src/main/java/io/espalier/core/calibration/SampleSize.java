package io.espalier.core.calibration;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.Samples;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How large samples are beside the sizes that a network was analysed at: costs and rows are counted
 * at those, and a text of 14 tokens makes a ninth of the rows of one of 127.
 */
public final class SampleSize {
  private static final int AT_A_TIME = 32;

  private SampleSize() {}

  /**
   * The elements of samples, as a part of those that as many samples of trial sizes hold; 1 where
   * all sizes are stated.
   *
   * @param map the network as it was analysed
   * @param samples which of the data
   */
  public static double of(SymMap map, Samples data, int[] samples) {
    Map<String, Long> expected = expected(map);
    if (expected.isEmpty()) {
      return 1;
    }
    double there = 0;
    double counted = 0;
    try (Samples.Batches batches = data.read(samples, AT_A_TIME)) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        Batch batch = next.get();
        for (Map.Entry<String, DataArray> array : batch.arrays().entrySet()) {
          long of = expected.getOrDefault(array.getKey(), 0L);
          there += of == 0 ? 0 : array.getValue().size();
          counted += (double) of * batch.size();
        }
      }
    }
    return there > 0 && counted > 0 ? there / counted : 1;
  }

  /** The elements that one sample of trial sizes has, by input; empty where all are stated. */
  private static Map<String, Long> expected(SymMap map) {
    Map<String, Long> expected = new HashMap<>();
    boolean open = false;
    for (int input : map.graph().inputs()) {
      List<Layout> axes = map.tensor(input);
      if (axes != null && !axes.isEmpty()) {
        long elements = 1;
        for (Layout axis : axes.subList(1, axes.size())) {
          elements *= axis.extent();
          open |= axis instanceof Layout.Fixed fixed && fixed.dynamic();
        }
        expected.put(map.graph().tensor(input).name(), elements);
      }
    }
    return open ? expected : Map.of();
  }
}
