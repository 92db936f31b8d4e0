#ifndef CLEAT_CONNECTORS_AWS_TEXTS_H
#define CLEAT_CONNECTORS_AWS_TEXTS_H

/* What describe-type says about AWS, in the markup of cli/document.h. */

extern const char aws_text_type[];

extern const char aws_text_generic[];
extern const char aws_text_s3[];
extern const char aws_text_eks[];
extern const char aws_text_ecr[];

extern const char aws_text_implicit[];
extern const char aws_text_secret_key[];
extern const char aws_text_sts_token[];
extern const char aws_text_iam_role[];
extern const char aws_text_session_token[];
extern const char aws_text_federation_token[];

#endif
