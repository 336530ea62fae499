package io.towtank.controllers.endpointslice;

import io.towtank.api.Endpoint;
import io.towtank.api.EndpointHints;
import io.towtank.api.EndpointSlice;
import io.towtank.api.ObjectReference;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of JSON a write is about, which each watcher receives: every node. Lengths are
 * added up, nothing is written; uids have 36 characters.
 */
final class WriteCost {
  /** An Endpoints object without its addresses: metadata, one port. */
  static final int ENDPOINTS = 420;

  /** A slice without its endpoints: metadata with labels and owner, one port. */
  private static final int SLICE = 760;

  // {"addresses":[""],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"",
  // "targetRef":{"kind":"Pod","name":"","namespace":"","uid":""},"zone":""},
  private static final int SLICE_ENDPOINT =
      "{'addresses':[''],'conditions':{'ready':true,'serving':true,'terminating':false},'nodeName':'',"
              .length()
          + "'targetRef':{'kind':'Pod','name':'','namespace':'','uid':''},'zone':''},".length();

  private static final int HINTS = "'hints':{'forZones':[{'name':''}]},".length();

  private static final int ADDRESS =
      "{'ip':'','nodeName':'','targetRef':{'kind':'Pod','name':'','namespace':'','uid':''}},"
          .length();

  private static final int UID = 36;

  private WriteCost() {}

  /** An endpoint as an address of an Endpoints object. */
  static int address(Endpoint endpoint) {
    return ADDRESS + texts(endpoint);
  }

  /** A slice. */
  static long slice(EndpointSlice slice) {
    long bytes = SLICE;
    for (Endpoint endpoint : slice.endpoints()) {
      bytes += SLICE_ENDPOINT + texts(endpoint);
      String zone = endpoint.zone();
      bytes += zone == null ? 0 : zone.length();
      EndpointHints hints = endpoint.hints();
      if (hints != null) {
        bytes += HINTS + (zone == null ? 0 : zone.length());
      }
    }
    return bytes;
  }

  private static int texts(Endpoint endpoint) {
    ObjectReference pod = endpoint.targetRef();
    String node = endpoint.nodeName();
    return endpoint.addresses().getFirst().length()
        + (node == null ? 0 : node.length())
        + (pod == null ? 0 : UID + length(pod.name()) + length(pod.namespace()));
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
