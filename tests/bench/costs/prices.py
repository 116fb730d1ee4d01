"""AWS's list prices in dollars: on demand, in us-east-1, on arm64, before free tiers.

As guides of 2026 quote https://aws.amazon.com/<service>/pricing/, in November 2026; where a price
has tiers, the first one.
"""

MILLION, GIGABYTE = 1_000_000, 1e9
HOURS_A_MONTH = 730
MINUTES_A_MONTH, SECONDS_A_MONTH = HOURS_A_MONTH * 60, HOURS_A_MONTH * 3600

# dynamodb: on demand. An item and an entry of an index count for so many bytes more than they have.
WRITE_UNIT, READ_UNIT = 0.625 / MILLION, 0.125 / MILLION
GIGABYTE_MONTH, RECOVERY_GIGABYTE_MONTH, BYTES_OF_AN_ITEM = 0.25, 0.20, 100

# lambda
LAMBDA_REQUEST, LAMBDA_GIGABYTE_SECOND = 0.20 / MILLION, 0.0000133334

# api-gateway: REST APIs, and messages of up to 32 KB, which is all that a frame may have.
REST_REQUEST = 3.50 / MILLION
WEBSOCKET_MESSAGE, WEBSOCKET_MINUTE = 1.00 / MILLION, 0.25 / MILLION

# cloudwatch: a gigabyte of logs, a metric a month; xray: a recorded trace.
LOG_GIGABYTE, METRIC_MONTH = 0.50, 0.30
TRACE = 5.00 / MILLION

# secretsmanager: a secret a month.
SECRET_MONTH = 0.40

# The reference on servers that are always on, dollars a month.
# ec2: t4g.small, 2 GB of memory; ebs: 20 GB of gp3; vpc: a public IPv4 address.
EC2_SMALL = 0.0168 * HOURS_A_MONTH
EBS = 0.08 * 20
IPV4_ADDRESS = 0.005 * HOURS_A_MONTH
# fargate on ARM: half a processor and 1 GB of memory.
FARGATE_TASK = (0.5 * 0.03238 + 1 * 0.00356) * HOURS_A_MONTH
# rds: db.t4g.micro with PostgreSQL in one zone, and 20 GB of gp3.
RDS_MICRO = 0.016 * HOURS_A_MONTH + 0.115 * 20
# elasticloadbalancing: an Application Load Balancer and one capacity unit.
LOAD_BALANCER = (0.0225 + 0.008) * HOURS_A_MONTH

ALWAYS_ON = {
    "one server, SQLite": EC2_SMALL + EBS + IPV4_ADDRESS,
    "Fargate and RDS": FARGATE_TASK + RDS_MICRO + LOAD_BALANCER + 3 * IPV4_ADDRESS,
}
