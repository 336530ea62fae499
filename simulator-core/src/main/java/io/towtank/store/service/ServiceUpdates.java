package io.towtank.store.service;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Service;
import io.towtank.store.ApiException;
import java.util.ArrayList;
import java.util.List;

/** What may not be written to a Service (pkg/apis/core/validation). */
final class ServiceUpdates {
  private static final String CHANGED = "may not change once set";

  private ServiceUpdates() {}

  /** ValidateServiceClusterIPsRelatedFields. */
  static List<String> clusterIpErrors(ServiceDraft draft) {
    List<String> errors = new ArrayList<>();
    List<String> ips = draft.clusterIps;
    String shown = ServiceDraft.shown(ips);
    if (!ips.isEmpty() && !draft.clusterIp.equals(ips.getFirst())) {
      errors.add(
          draft.clusterIp.isEmpty()
              ? "spec.clusterIPs: Invalid value: "
                  + shown
                  + ": must be empty when `clusterIP` is not specified"
              : "spec.clusterIPs[0]: Invalid value: "
                  + shown
                  + ": first value must match `clusterIP`");
    }
    for (int i = 0; i < ips.size(); i++) {
      String ip = ips.get(i);
      String place = "spec.clusterIPs[" + i + "]: Invalid value: ";
      if (ip.equals(ServiceDraft.NONE)) {
        if (ips.size() > 1) {
          errors.add(place + shown + ": 'None' must be the first and only value");
        }
        continue;
      }
      IpFamily family = IpFamily.ofAddress(ip);
      if (family == null) {
        errors.add(
            place
                + "\""
                + ip
                + "\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
      } else if (i < draft.families.size() && !family.toString().equals(draft.families.get(i))) {
        errors.add(
            place
                + "\""
                + ip
                + "\": expected an "
                + draft.families.get(i)
                + " value as indicated by `ipFamilies["
                + i
                + "]`");
      }
    }
    if (ips.size() > 2) {
      errors.add("spec.clusterIPs: Invalid value: " + shown + ": may only hold up to 2 values");
    }
    return errors;
  }

  /**
   * Refuses changes of what a Service keeps for its life (ValidateServiceUpdate).
   *
   * @throws ApiException Invalid
   */
  static void check(Service service, ServiceDraft draft, ServiceDraft before) {
    if (draft.isExternalName() || before.isExternalName()) {
      return;
    }
    List<String> errors = new ArrayList<>();
    if (!(draft.isHeadless() && before.isHeadless())) {
      values("clusterIPs", "clusterIP", draft, draft.clusterIps, before.clusterIps, errors);
    }
    if (!draft.isHeadless() && !before.isHeadless()) {
      values("ipFamilies", "ipFamily", draft, draft.families, before.families, errors);
    }
    if (draft.isLoadBalancer()
        && before.isLoadBalancer()
        && !draft.loadBalancerClass().equals(before.loadBalancerClass())) {
      errors.add(
          "spec.loadBalancerClass: Invalid value: \""
              + draft.loadBalancerClass()
              + "\": "
              + CHANGED);
    }
    if (!errors.isEmpty()) {
      throw ApiException.invalid(service, ImmutableList.copyOf(errors));
    }
  }

  private static void values(
      String field,
      String one,
      ServiceDraft draft,
      List<String> now,
      List<String> before,
      List<String> errors) {
    String shown = ServiceDraft.shown(now);
    if (now.size() == before.size()) {
      for (int i = 0; i < now.size(); i++) {
        if (!now.get(i).equals(before.get(i))) {
          errors.add("spec." + field + "[" + i + "]: Invalid value: " + shown + ": " + CHANGED);
        }
      }
      return;
    }
    if (now.isEmpty()) {
      errors.add("spec." + field + "[0]: Invalid value: []: primary " + one + " can not be unset");
    } else if (!before.isEmpty() && !now.getFirst().equals(before.getFirst())) {
      errors.add("spec." + field + "[0]: Invalid value: " + shown + ": " + CHANGED);
    }
    if (now.size() == 1 && before.size() == 2 && !draft.policy.equals(ServiceDraft.SINGLE_STACK)) {
      errors.add(
          "spec.ipFamilyPolicy: Invalid value: \""
              + draft.policy
              + "\": must be set to 'SingleStack' when releasing the secondary "
              + one);
    }
  }
}
