package io.espalier.testkit.contract;

import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.Axis;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Typing;
import io.espalier.testkit.PluginContract;
import java.util.List;
import java.util.Random;

/** Plugins with a mistake, each under the contract that must find it. */
final class WrongPlugins {
  private WrongPlugins() {}

  /** The contract of one plugin. */
  abstract static class OfBiasedGate extends PluginContract {
    abstract BiasedGate plugin();

    @Override
    protected String key() {
      return BiasedGate.KEY;
    }

    @Override
    protected OnnxModel model() {
      return BiasedGate.model();
    }

    @Override
    protected DMRegistry registry() {
      return super.registry().with(plugin());
    }
  }

  /** Without a mistake. */
  static final class Right extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate();
    }
  }

  /** Without a mistake, and with derived widths only. */
  static final class RightInGroups extends PluginContract {
    @Override
    protected String key() {
      return GroupedLinear.KEY;
    }

    @Override
    protected OnnxModel model() {
      return GroupedLinear.model();
    }

    @Override
    protected DMRegistry registry() {
      return super.registry().with(new GroupedLinear());
    }
  }

  /** The contract of a plugin whose operator has an attribute that follows its width. */
  abstract static class OfChannelFilter extends PluginContract {
    abstract ChannelFilter plugin();

    @Override
    protected String key() {
      return ChannelFilter.KEY;
    }

    @Override
    protected OnnxModel model() {
      return ChannelFilter.model();
    }

    @Override
    protected DMRegistry registry() {
      return super.registry().with(plugin());
    }
  }

  /** Without a mistake, and with an attribute. */
  static final class RightWithAnAttribute extends OfChannelFilter {
    @Override
    ChannelFilter plugin() {
      return new ChannelFilter();
    }
  }

  /** The attribute has another name. */
  static final class MisspellsTheAttribute extends OfChannelFilter {
    @Override
    ChannelFilter plugin() {
      return new ChannelFilter() {
        @Override
        void follow(Node node, Axis channels, Typing t) {
          t.attribute("groups", -1, t.extentOf(channels));
        }
      };
    }
  }

  /** The attribute keeps the number of channels that there were. */
  static final class ForgetsTheAttribute extends OfChannelFilter {
    @Override
    ChannelFilter plugin() {
      return new ChannelFilter() {
        @Override
        void follow(Node node, Axis channels, Typing t) {}
      };
    }
  }

  /** The attribute follows the width of an image. */
  static final class FollowsAnotherAxis extends OfChannelFilter {
    @Override
    ChannelFilter plugin() {
      return new ChannelFilter() {
        @Override
        void follow(Node node, Axis channels, Typing t) {
          t.attribute("group", -1, t.extentOf(node.input(0).axis(3)));
        }
      };
    }
  }

  /** The columns of the weight are a width of their own. */
  static final class ForgetsTheInput extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        void tieColumns(Node node, Typing t) {}
      };
    }
  }

  /** The output shrinks, and the rows of the weight do not. */
  static final class SlicesOneAxisOnly extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        void tieRows(Node node, Axis out, Typing t) {}
      };
    }
  }

  /** The rows of the weight shrink, and the bias does not. */
  static final class ForgetsTheBias extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        void tieBias(Node node, Axis out, Typing t) {}
      };
    }
  }

  /** A weight has two axes, not three. */
  static final class DeclaresAnAxisThatDoesNotExist extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        public void describe(Layer layer, Hparams hparams) {
          super.describe(layer, hparams);
          hparams.consumes(layer.nodes().get(0), 1, 2);
        }
      };
    }
  }

  /** Which name comes first is a matter of chance. */
  static final class HasNoOrder extends OfBiasedGate {
    private static final Random RANDOM = new Random();

    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        public void describe(Layer layer, Hparams hparams) {
          Node node = layer.nodes().get(0);
          List<Axis> axes = List.of(node.input(1).axis(1), node.input(1).axis(0));
          int first = RANDOM.nextInt(2);
          for (int i : new int[] {first, 1 - first}) {
            hparams.width(i == 0 ? "in_features" : "rows", axes.get(i), RATIO, DIVISOR);
          }
          hparams.consumes(node, 1, 1);
        }
      };
    }
  }

  /** An option is declared, and no width named with it. */
  static final class IgnoresAnOption extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        public List<RuleOption> options() {
          return List.of(RATIO, DIVISOR, RuleOption.ratio("gates_ratio"));
        }
      };
    }
  }

  /** Takes the rows for pairs where they are halves: everything has the right size, and runs. */
  static final class TakesHalvesForPairs extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        void tieRows(Node node, Axis out, Typing t) {
          t.unify(node.input(1).axis(0), t.product(List.of(out, t.fixed(2))));
        }

        @Override
        void tieBias(Node node, Axis out, Typing t) {
          t.unify(node.input(2).axis(0), t.product(List.of(out, t.fixed(2))));
        }
      };
    }
  }

  /** The contract asks for a key that the plugin does not have. */
  static final class HasAnotherKey extends OfBiasedGate {
    @Override
    protected String key() {
      return "test.BiassedGate";
    }

    @Override
    BiasedGate plugin() {
      return new BiasedGate();
    }
  }

  /** A batch of another size is typed in another way. */
  static final class LooksAtTheBatch extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        void tieBias(Node node, Axis out, Typing t) {
          if (node.input(0).axis(0).extent() % 4 == 1) {
            super.tieBias(node, out, t);
          }
        }
      };
    }
  }

  /** It claims every layer there is. */
  static final class ClaimsEverything extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        public boolean matches(Layer layer) {
          return true;
        }
      };
    }
  }

  /** What it costs does not follow the width of its input. */
  static final class CostsAlwaysTheSame extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        public void type(Node node, Typing t) {
          super.type(node, t);
          t.macs(t.fixed(node.input(1).axis(1).extent()));
        }
      };
    }
  }

  /** Options, and no width to go with them. */
  static final class NamesNothing extends OfBiasedGate {
    @Override
    BiasedGate plugin() {
      return new BiasedGate() {
        @Override
        public void describe(Layer layer, Hparams hparams) {}
      };
    }
  }
}
