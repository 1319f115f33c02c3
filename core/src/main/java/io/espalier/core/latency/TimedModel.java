package io.espalier.core.latency;

import io.espalier.core.data.DataArray;
import io.espalier.core.values.TracedModel;
import java.util.Map;

/** A network that its backend can time, node by node. What does not implement it has no latency. */
public interface TimedModel extends TracedModel {
  /**
   * Times networks that are cut from this one.
   *
   * @param inputs an array for each input, which all of them are run with
   * @param threads how many threads an operator may use, at least 1
   */
  NodeTimer timer(Map<String, DataArray> inputs, int threads);
}
