#ifndef CLEAT_TESTS_FAKE_ANSWERS_H
#define CLEAT_TESTS_FAKE_ANSWERS_H

#include "aws_client.h"

/* Answers for fake_api_answer, to be put together; single quotes stand for double ones. */

#define AUTO_ID AWS_CLIENT_CONNECTOR_ID
#define BUCKET_ID "b1b2b3b4-0000-4000-8000-00000000b0b0"
#define STORE_ID "57057057-0000-4000-8000-000000005704"

#define FOUR_TYPES "['aws-generic','s3-bucket','kubernetes-cluster','docker-registry']"
#define TIMES "'created':'2024-05-14T12:00:00Z','updated':'2024-05-14T12:30:00.250000Z'"

/* Connectors: one with every resource type, one for one bucket that is shared and expires. */
#define AUTO_MEMBERS                                                                            \
    "'id':'" AUTO_ID "','name':'aws-auto','description':'Team account','connector_type':'aws'," \
    "'auth_method':'session-token','resource_types':" FOUR_TYPES ",'expiration_seconds':43200," \
    "'configuration':{'region':'us-east-1'},"                                                   \
    "'secret_id':'5ec5ec5e-0000-4000-8000-000000005ec5','owner':'default'," TIMES               \
    ",'verified':'2024-05-14T12:31:00Z','generation':3"
#define HIDDEN_KEYS \
    "'secrets':{'aws_access_key_id':null,'aws_secret_access_key':null},'secrets_hidden':true"
#define SHOWN_KEYS                                       \
    "'secrets':{'aws_access_key_id':'" AWS_CLIENT_KEY_ID \
    "','aws_secret_access_key':'" AWS_CLIENT_SECRET "'},'secrets_hidden':false"
#define AUTO "{" AUTO_MEMBERS "," HIDDEN_KEYS "}"
#define AUTO_OPEN "{" AUTO_MEMBERS "," SHOWN_KEYS "}"
#define AUTO_LABELLED "{" AUTO_MEMBERS "," HIDDEN_KEYS ",'labels':{'team':'ml','env':'dev'}}"

#define BUCKET                                                                                \
    "{'id':'" BUCKET_ID "','name':'aws-zenfiles','description':'','connector_type':'aws',"    \
    "'auth_method':'sts-token','resource_types':['s3-bucket'],'resource_id':'s3://zenfiles'," \
    "'resource_id_given':'zenfiles','expires_at':'2024-05-14T18:34:56Z',"                     \
    "'expires_skew_tolerance':60,'configuration':{'region':'us-east-1'},"                     \
    "'secrets':{'aws_access_key_id':null,'aws_secret_access_key':null,"                       \
    "'aws_session_token':null},'secrets_hidden':true,"                                        \
    "'labels':{'team':'ml','env':'dev'},'owner':'ana','shared':true," TIMES "}"

/* Of a type that this program lacks: another version stored it. */
#define FOREIGN                                                                               \
    "{'id':'" BUCKET_ID "','name':'sky','description':'','connector_type':'nimbus',"          \
    "'auth_method':'cloud-key','resource_types':['cloud-bucket'],'resource_id':'c','secrets'" \
    ":{'cloud_key':null},'secrets_hidden':true,'owner':'ana'," TIMES "}"

/* A connector whose type shows what its verification learned. */
#define KIND_FACTS                                                                \
    "'facts':{'groups':'brokers, system:authenticated','platform':'linux/amd64'," \
    "'server_version':'v1.31.4','user':'broker'}"
#define KIND                                                                                 \
    "{'id':'" AUTO_ID "','name':'kind','connector_type':'kubernetes','auth_method':'token'," \
    "'resource_types':['kubernetes-cluster'],'resource_id':'kind','configuration':"          \
    "{'server':'https://k8s:6443','cluster_name':'kind'},'secrets':{'token':null},"          \
    "'secrets_hidden':true,'labels':{},'owner':'default'," KIND_FACTS "," TIMES "}"

/* What they reach. */
#define KIND_REACHES                                                                \
    "{'id':'" AUTO_ID "','name':'kind','connector_type':'kubernetes','resources':[" \
    "{'resource_type':'kubernetes-cluster','resource_ids':['kind']}]," KIND_FACTS "}"
#define GENERIC_ROW "{'resource_type':'aws-generic','resource_ids':['us-east-1']}"
#define BUCKETS_ROW \
    "{'resource_type':'s3-bucket','resource_ids':['s3://zenfiles','s3://zenit-demos']}"
#define CLUSTERS_ROW "{'resource_type':'kubernetes-cluster','resource_ids':['zenit-cluster']}"
#define NO_CLUSTERS_ROW "{'resource_type':'kubernetes-cluster','resource_ids':[]}"
#define REGISTRY_ROW                                    \
    "{'resource_type':'docker-registry','resource_ids'" \
    ":['123456789012.dkr.ecr.us-east-1.amazonaws.com']}"
#define DENIED                                                                               \
    "'error':'not authorized to perform eks:ListClusters','error_code':'permission_denied'," \
    "'retryable':false,'hint':'Grant eks:ListClusters.'"
#define DENIED_ROW "{'resource_type':'kubernetes-cluster'," DENIED "}"
#define REJECTED                      \
    "'error':'the security token is " \
    "invalid','error_code':'credentials_rejected','retryable':false"

#define AUTO_LIST(rows) \
    "{'id':'" AUTO_ID "','name':'aws-auto','connector_type':'aws','resources':[" rows "]}"
#define AUTO_REACHES AUTO_LIST(GENERIC_ROW "," BUCKETS_ROW "," NO_CLUSTERS_ROW "," REGISTRY_ROW)
#define BUCKET_REACHES                                                                 \
    "{'id':'" BUCKET_ID "','name':'aws-zenfiles','connector_type':'aws','resources':[" \
    "{'resource_type':'s3-bucket','resource_ids':['s3://zenfiles']}]}"
#define BUCKET_FAILS                                                               \
    "{'id':'" BUCKET_ID "','name':'aws-zenfiles','connector_type':'aws'," REJECTED \
    ",'resources':[{'resource_type':'s3-bucket'," REJECTED "}]}"

/* Results. */
#define PAGE(index, size, pages, total)                                           \
    "'pagination':{'index':" #index ",'max_size':" #size ",'total_pages':" #pages \
    ",'total':" #total "}"
#define REGISTERED                                                                     \
    "{'connector':" AUTO ",'existing':false,'verified':true,'resources':" AUTO_REACHES \
    ",'warnings':[]}"
#define LISTED                                          \
    "{'items':[{'connector':" AUTO ",'components':[]}," \
    "{'connector':" BUCKET ",'components':['s3-zenfiles']}]," PAGE(1, 20, 1, 2) "}"
#define LISTED_NONE "{'items':[]," PAGE(1, 20, 1, 0) "}"
#define DELETED "{'name':'aws-auto','disconnected':[]}"

/* Clients. */
#define SESSION_SECRETS                                                                        \
    "'secrets':{'aws_access_key_id':'" AWS_CLIENT_KEY_ID                                       \
    "','aws_secret_access_key':'" AWS_CLIENT_SECRET "','aws_session_token':'" AWS_CLIENT_TOKEN \
    "'},'secrets_hidden':false"
#define CLIENT_TIMES                                                          \
    "'issued_at':'2024-05-14T12:34:56Z','expires_at':'2024-05-14T13:34:56Z'," \
    "'refresh_after':'2024-05-14T13:31:00Z'"
#define BUCKET_CLIENT                                                                       \
    "{'connector_type':'aws','auth_method':'sts-token','resource_type':'s3-bucket',"        \
    "'resource_id':'s3://zenfiles','configuration':{'region':'us-east-1'}," SESSION_SECRETS \
    "," CLIENT_TIMES ",'provider_scoped':true}"
#define ISSUED "{'connector':" AUTO ",'client':" BUCKET_CLIENT ",'cached':false,'warnings':[]}"

/* A registry. */
#define REGISTRY_ISSUED                                                                        \
    "{'connector':" AUTO ",'client':{'connector_type':'docker','auth_method':'password',"      \
    "'resource_type':'docker-registry','resource_id':'r.example','configuration':{'registry':" \
    "'r.example'},'secrets':{'username':'u','password':'canary'},'secrets_hidden':false},"     \
    "'cached':false,'warnings':[]}"

/* A cluster, as a client of another type than the connector's. */
#define CLUSTER_ARN "arn:aws:eks:us-east-1:123456789012:cluster/zenit-cluster"
#define CLUSTER_TOKEN "k8s-aws-v1.canary"
#define CLUSTER_CLIENT CLUSTER_CLIENT_WITH("")
#define CLUSTER_CLIENT_WITH(more)                                                             \
    "{'connector_type':'kubernetes','auth_method':'token','resource_type':"                   \
    "'kubernetes-cluster','resource_id':'zenit-cluster','client_id':'" CLUSTER_ARN            \
    "','configuration':{'cluster_name':'" CLUSTER_ARN "','server':'https://cluster.example'," \
    "'certificate_authority':'Y2E='},'secrets':{'token':'" CLUSTER_TOKEN                      \
    "'},'secrets_hidden':false,'expires_at':'2024-05-14T12:49:56Z'" more "}"
#define CLUSTER_ISSUED \
    "{'connector':" AUTO ",'client':" CLUSTER_CLIENT ",'cached':false,'warnings':[]}"

/* What is issued for an SSH host. */
#define HOST_ISSUED                                                                        \
    "{'connector':" AUTO ",'client':{'connector_type':'hyperai','auth_method':'ssh-key',"  \
    "'resource_type':'hyperai-instance','resource_id':'gpu1','issued_at':"                 \
    "'2024-05-14T12:34:56.000000Z','configuration':{'hostnames':['gpu1'],'username':'ml'," \
    "'port':22,'host_keys':['gpu1 ssh-ed25519 AAAA']}},'cached':false,'warnings':[]}"

/* Components. */
#define STORE_MEMBERS                                                                 \
    "'id':'" STORE_ID "','name':'s3-zenfiles','kind':'artifact_store','flavor':'s3'," \
    "'configuration':{'path':'s3://zenfiles'},'owner':'default'," TIMES
#define STORE "{" STORE_MEMBERS "}"
#define STORE_CONNECTED                                                     \
    "{" STORE_MEMBERS ",'labels':{'team':'ml'},'connector':{'id':'" AUTO_ID \
    "','name':'aws-auto','connector_type':'aws'},'connector_resource_id':'s3://zenfiles'}"
#define CONNECTED                                        \
    "{'component':" STORE_CONNECTED ",'connector':" AUTO \
    ",'verified':true,'resources':" AUTO_LIST(           \
        "{'resource_type':'s3-bucket','resource_ids':['s3://zenfiles']}") "}"
#define STORES "{'items':[" STORE "," STORE_CONNECTED "]," PAGE(1, 20, 1, 2) "}"

#endif
