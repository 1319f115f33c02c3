package io.espalier.core.moments;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a network at which second moments are taken while it runs on data: of what a layer
 * reads, and of that with what is missing from what it should compute.
 *
 * <p>Rows are the places at which the layer is applied: samples, positions in space, tokens.
 * Columns are the channels of the tensor that it reads, or channels by places of its window, as its
 * weight numbers them; with groups each group has columns of its own.
 *
 * @param reader the first output of the node whose data are observed
 * @param data the input of that node that holds the data
 * @param rank the rank of that input
 * @param axis the axis of the channels in that input
 * @param windows whether columns are channels by places of the node's window
 * @param groups how many groups the channels fall into, outermost
 * @param aim what is missing; null for the moments of the columns alone
 * @param mask an input of the network, of the shape of the rows, that is 0 at those which count for
 *     nothing; empty where all count
 * @param step only every so manieth row is observed, of each sample or of them all; 1 for all
 */
public record Probe(
    String reader,
    int data,
    int rank,
    int axis,
    boolean windows,
    int groups,
    @Nullable Aim aim,
    String mask,
    int step) {

  /**
   * What is missing: the same tensor in the network to be matched, less what it is now.
   *
   * @param tensor its name in both networks
   * @param rank its rank
   * @param axis the axis of its channels
   * @param rectified whether only the positive part of the tensor is read, so that nothing is
   *     missing where it is to be negative and is
   * @param kept those of the network to be matched that the other one has, ascending; null for all
   */
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  public record Aim(String tensor, int rank, int axis, int @Nullable [] kept, boolean rectified) {}

  /**
   * Two tensors of one shape in the observed network, of which the second is an affine function of
   * the first in each channel.
   *
   * @param from the first
   * @param to the second; the first again for its own moments alone
   * @param rank their rank
   * @param axis the axis of the channels
   * @param mask as in a probe
   */
  public record Pair(String from, String to, int rank, int axis, String mask) {}

  /** What is to be observed in one pass over the data. */
  public record Request(List<Probe> probes, List<Pair> pairs) {
    public Request {
      probes = List.copyOf(probes);
      pairs = List.copyOf(pairs);
    }
  }
}
