package io.espalier.djl.elastic;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.carve.ParameterSlice;
import io.espalier.spi.EspalierException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A block that runs at any config of its search space. It wraps the user's block without copying or
 * changing it, and has its parameters and children: train it, save and load it as that block.
 *
 * <p>In training, gradients reach the whole parameters, and running statistics are kept for the
 * units that take part. At inference, the slices of parameters are made once for each config; while
 * a trainer is at work they are made anew for every pass, until it is closed or {@link #refresh} is
 * called. Whoever changes parameters by hand has to call that too.
 *
 * <p>One thread selects configs and trains. Any number of threads may predict meanwhile, each at a
 * config of its own by {@link #at}.
 */
public final class ElasticBlock extends DelegatingBlock {
  private final SearchSpace space;
  private final DjlNetwork network;
  private final Training training = new Training();
  private final Map<String, Parameter> parameters = new HashMap<>();
  private volatile Subnet subnet;
  private volatile Object revision;

  private ElasticBlock(SearchSpace space, DjlNetwork network) {
    super(network.block());
    this.space = space;
    this.network = network;
    network
        .block()
        .getParameters()
        .values()
        .forEach(parameter -> parameters.put(parameter.getId(), parameter));
    this.revision = space.revision();
    this.subnet = active();
  }

  /**
   * Makes the block of a space elastic. It runs at the space's active config.
   *
   * @throws EspalierException if it is no space of a block
   */
  public static ElasticBlock of(SearchSpace space) {
    if (!(space.model() instanceof DjlNetwork network)) {
      throw new EspalierException(
          "only DJL blocks run elastic, and this is a space of "
              + space.model().description()
              + "; export a config of it instead");
    }
    EngineCheck.warn(network.block().getParameters().values());
    return new ElasticBlock(space, network);
  }

  /** The search space. */
  public SearchSpace space() {
    return space;
  }

  /**
   * Selects a config, in the search space too. Units are kept by the orders that the space has now.
   *
   * @throws EspalierException if it is no complete config of the space; nothing is selected then
   */
  public void select(Config config) {
    Subnet selected = subnet(config);
    space.select(config);
    replace(selected);
  }

  /** The config that this block runs at: the active one of the space, however that was set. */
  public Config config() {
    return subnet().config();
  }

  /**
   * This block at a config, whatever is selected later on. It keeps slices of the parameters until
   * it is closed.
   *
   * @throws EspalierException if it is no config of the space
   */
  public FixedBlock at(Config config) {
    return new FixedBlock(network.block(), subnet(config));
  }

  /**
   * Says that parameters have changed, and will not until the next training pass. It need not be
   * called where a trainer changes them.
   */
  public void refresh() {
    training.settle();
  }

  Training training() {
    return training;
  }

  /** The part of a parameter that a step of an optimizer has to change; null for all of it. */
  @Nullable ParameterSlice stepped(String parameterId) {
    Parameter parameter = parameters.get(parameterId);
    return parameter == null ? null : training.step(parameter);
  }

  private Subnet subnet(Config config) {
    return new Subnet(config, network.network().cut(space.cut(config)), training);
  }

  private Subnet active() {
    return new Subnet(space.config(), network.network().cut(space.cut()), training);
  }

  /** What the space is turned to now. */
  @Override
  Subnet subnet() {
    return revision == space.revision() ? subnet : follow();
  }

  private synchronized Subnet follow() {
    if (revision != space.revision()) {
      replace(active());
    }
    return subnet;
  }

  private synchronized void replace(Subnet selected) {
    Subnet before = subnet;
    revision = space.revision();
    subnet = selected;
    before.close();
  }

  /** A block at one config. It may be used after it was closed, but keeps no slices then. */
  public static final class FixedBlock extends DelegatingBlock implements AutoCloseable {
    private final Subnet subnet;

    private FixedBlock(Block block, Subnet subnet) {
      super(block);
      this.subnet = subnet;
    }

    /** Closes the slices that it keeps; a pass that is under way ends first. */
    @Override
    public void close() {
      subnet.close();
    }

    @Override
    Subnet subnet() {
      return subnet;
    }
  }
}
