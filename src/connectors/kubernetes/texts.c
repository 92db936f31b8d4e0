#include "connectors/kubernetes/ops.h"

/* clang-format off */

const char kubernetes_text_type[] =
    "Keeps the credentials of one Kubernetes cluster, wherever it runs, and hands them, or better a\n"
    "short-lived token made with them, to whoever is to work with the cluster.\n"
    "\n"
    "Clusters of AWS are better reached with a connector of type `aws`, which finds them by itself\n"
    "and whose tokens end after minutes.\n"
    "\n"
    "A connector is verified by asking the cluster whom it takes the credentials for. That a server\n"
    "answers proves nothing: it answers anybody. Neither kubectl nor a Kubernetes library is\n"
    "needed.\n";

const char kubernetes_text_cluster[] =
    "One Kubernetes cluster. Clients receive what a kubeconfig file needs: the server, the authority\n"
    "that its certificate is trusted by, and a token, a certificate or a password.\n"
    "\n"
    "What the credentials may do is up to the cluster's own roles. For verification no permission is\n"
    "needed that an authenticated user does not have anyway.\n"
    "\n"
    "There is one resource of this type for each connector. Its name is the cluster_name that the\n"
    "connector is configured with:\n"
    "\n"
    "- cluster name (canonical resource name): {cluster-name}\n";

const char kubernetes_text_password[] =
    "A user name and a password. Kubernetes itself has taken no passwords since version 1.19, and\n"
    "does not say so: it takes who comes with one for anonymous. Use this method only for a proxy in\n"
    "front of the cluster that checks passwords.\n"
    "\n"
    "Clients receive what is stored, as it is.\n";

const char kubernetes_text_token[] =
    "A token, a client certificate with its key, or both: local clusters come with a certificate and\n"
    "no token. Certificates and keys may be given as PEM or as kubeconfig files have them, in\n"
    "base64.\n"
    "\n"
    "Clients receive what is stored, as it is. If the token says when it ends, or the certificate\n"
    "does, the connector ends with it. With `service-account` clients receive short-lived tokens\n"
    "instead.\n";

const char kubernetes_text_client_certificate[] =
    "A client certificate and its key, as PEM or as kubeconfig files have them, in base64. Clusters\n"
    "cannot revoke a certificate before its end.\n"
    "\n"
    "Clients receive what is stored, as it is.\n";

const char kubernetes_text_service_account[] =
    "The stored token or client certificate never leaves Cleat: it only asks the cluster for tokens\n"
    "of another account, `service_account` in `service_account_namespace`. Clients receive those.\n"
    "They live for an hour unless asked otherwise, ten minutes at least and a day at most; the\n"
    "cluster may shorten that.\n"
    "\n"
    "What the stored credential needs, and nothing else, is this role in the account's namespace\n"
    "(here for an account named runner), bound to its user:\n"
    "\n"
    "- `apiVersion: rbac.authorization.k8s.io/v1`\n"
    "- `kind: Role`\n"
    "- `metadata: {name: cleat, namespace: default}`\n"
    "- `rules: [{apiGroups: [\"\"], resources: [\"serviceaccounts/token\"],\n"
    "  resourceNames: [\"runner\"], verbs: [\"create\"]}]`\n"
    "\n"
    "With `bound_secret` the tokens are bound to an empty Secret in that namespace. They end at once\n"
    "when it is deleted, which is what deleting the connector does, or changing its configuration.\n"
    "The role then also needs the verbs create and delete on secrets.\n";

const char kubernetes_text_in_cluster[] =
    "For Cleat running in a pod: the pod's own service account asks for tokens of another one,\n"
    "`service_account` in `service_account_namespace`, as with the method `service-account`, and\n"
    "needs the same role. The pod's own token is never handed out.\n"
    "\n"
    "Address and authority of the cluster are those that the pod has. Clients outside of the cluster\n"
    "may not reach that address.\n";
